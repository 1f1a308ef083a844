from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qa.batch import BadLineError, parse_line
from qa.cli import cli
from qa.records import Turn

pytestmark = pytest.mark.usefixtures("encoder")


def run(*args: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(cli, ["batch", *args], input=stdin, prog_name="qa")


def line(id: Any, story: Any, question: Any = "Who sold fish?", **more: Any) -> str:
    return json.dumps({"id": id, "story": story, "question": question} | more)


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in text.splitlines()]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stories that were opened, in order."""
    from index.library import Library

    found: list[str] = []
    real = Library.open

    def counted(self: Library, name: str) -> Any:
        found.append(name)
        return real(self, name)

    monkeypatch.setattr(Library, "open", counted)
    return found


def test_order_and_ids_are_kept_and_each_story_is_opened_once(
    tale_file: Path, tmp_path: Path, opened: list[str]
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Old Bram carved a wooden whale for the harbour master.")
    ids: list[Any] = ["b", 1, 1.5, None, ["x"], {"y": True}, "b"]
    stories = [str(tale_file), str(other)] * 4
    asked = [line(id, story) for id, story in zip(ids, stories, strict=False)]
    result = run("-", stdin="\n".join(asked) + "\n")
    answers = rows(result.stdout)
    assert result.exit_code == 0
    assert [a["id"] for a in answers] == ids
    assert next(iter(answers[0])) == "id"
    assert [a["story"] for a in answers] == (["tale", "other"] * 4)[: len(ids)]
    assert sorted(opened) == sorted([str(tale_file), str(other)])
    assert result.stderr == ""


def test_batch_answers_like_ask(tale_file: Path) -> None:
    row = rows(run("-", stdin=line("7", str(tale_file))).stdout)[0]
    alone = CliRunner().invoke(cli, ["ask", "Who sold fish?", "--story", str(tale_file), "--json"])
    assert row == {"id": "7", **json.loads(alone.stdout)}


def test_bad_lines_do_not_keep_the_rest_from_answers(tale_file: Path) -> None:
    story = str(tale_file)
    bad = [
        ("not JSON", None),
        ("[1, 2]", None),
        ('"text"', None),
        ('{"id": 1, "story": "' + story + '"}', 1),
        ('{"id": 2, "question": "Who?"}', 2),
        (line(3, story, 5), 3),
        (line(4, story, ""), 4),
        (line(5, story, "?!"), 5),
        (line(6, story, "w" * 10_000), 6),
        (line(7, "no/such/story.txt"), 7),
        (line(8, "no-such-name"), 8),
        (line(9, story, history="none"), 9),
        (line(10, story, history=[{"question": "Who?"}]), 10),
        (line(11, story, "half \ud800"), 11),
        (line(12, "a\0b"), 12),
        ('{"id": NaN, "story": "x", "question": "Who?"}', None),
        ("[" * 100_000, None),
        ("9" * 5_000, None),
    ]
    stdin = "\n".join([text for text, _ in bad] + [line("good", story)])
    result = run("-", stdin=stdin)
    answers = rows(result.stdout)
    assert [a["id"] for a in answers] == [*(id for _, id in bad), "good"]
    for answer in answers[:-1]:
        assert list(answer) == ["id", "error"]
        assert answer["error"]
        assert "\n" not in answer["error"]
        assert len(answer["error"]) < 400
    assert answers[-1]["schema"] == 1
    assert result.exit_code == 2
    assert result.stderr == (
        f"qa: error: {len(bad)} of {len(bad) + 1} questions have no answer; see their error\n"
    )


def test_line_that_is_not_utf8_is_a_bad_line(tale_file: Path) -> None:
    good = line("good", str(tale_file)).encode()
    result = run("-", stdin=b'{"id": "\xff"}\n' + good + b"\r\n")
    assert [list(a)[:2] for a in rows(result.stdout)] == [["id", "error"], ["id", "question"]]


def test_byte_order_mark_blank_lines_and_windows_ends(tale_file: Path) -> None:
    text = "\ufeff" + line(1, str(tale_file)) + "\r\n\r\n  \n" + line(2, str(tale_file))
    result = run("-", stdin=text.encode())
    assert [a["id"] for a in rows(result.stdout)] == [1, 2]
    assert result.exit_code == 0


def test_story_by_name_and_relative_path(tale_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tale_file.parent)
    result = run("-", stdin="\n".join([line(1, "tale.txt"), line(2, "tale")]))
    first, second = rows(result.stdout)
    assert first | {"id": 2} == second


def test_history_is_handed_on(tale_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from qa.agent import StoryAgent

    seen: list[Any] = []
    ask = StoryAgent.ask

    def listening(self: StoryAgent, text: str, history: Any = (), k: int = 5) -> Any:
        seen.append(history)
        return ask(self, text, history, k)

    monkeypatch.setattr(StoryAgent, "ask", listening)
    history = [{"question": "Who sold fish?", "answer": "Tobin."}]
    run("-", stdin=line(1, str(tale_file), "Where?", history=history))
    run("-", stdin=line(1, str(tale_file), "Where?", history=None))
    assert seen == [(Turn("Who sold fish?", "Tobin."),), ()]


def test_out_is_written_whole_or_not_at_all(tale_file: Path, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(line(1, str(tale_file)) + "\n")
    out = tmp_path / "answers.jsonl"
    out.write_text("old")
    result = run(str(questions), "--out", str(out))
    assert (result.exit_code, result.output) == (0, "")
    assert [a["id"] for a in rows(out.read_text("utf-8"))] == [1]
    assert sorted(f.name for f in tmp_path.iterdir()) == ["answers.jsonl", "q.jsonl", "tale.txt"]


def test_interrupted_batch_leaves_the_old_answers(
    tale_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.agent import StoryAgent

    def interrupted(*args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(StoryAgent, "ask", interrupted)
    out = tmp_path / "answers.jsonl"
    out.write_text("old")
    result = run("-", "--out", str(out), stdin=line(1, str(tale_file)))
    assert result.exit_code == 130
    assert out.read_text() == "old"
    assert sorted(f.name for f in tmp_path.iterdir()) == ["answers.jsonl", "tale.txt"]


def test_out_may_be_a_link_or_a_device(tale_file: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "target.jsonl", tmp_path / "link.jsonl"
    link.symlink_to(target)
    assert run("-", "--out", str(link), stdin=line(1, str(tale_file))).exit_code == 0
    assert link.is_symlink()
    assert len(rows(target.read_text("utf-8"))) == 1
    assert run("-", "--out", os.devnull, stdin=line(1, str(tale_file))).exit_code == 0
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("path", ["no/such.jsonl", "."])
def test_questions_that_cannot_be_read(path: str) -> None:
    result = run(path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("qa: error: cannot read questions ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("out", ["no/such/folder/a.jsonl", ".", "/dev/null/a.jsonl"])
def test_out_that_cannot_be_written(tale_file: Path, out: str) -> None:
    result = run("-", "--out", out, stdin=line(1, str(tale_file)))
    assert result.exit_code == 2
    assert result.stderr.startswith("qa: error: cannot write answers to ")
    assert result.stderr.count("\n") == 1


def test_no_question_no_answer() -> None:
    result = run("-")
    assert (result.exit_code, result.output) == (0, "")


def test_id_may_be_missing() -> None:
    asked = parse_line(b'{"story": "s", "question": "Who?"}')
    assert (asked.id, asked.story, asked.question, asked.history) == (None, "s", "Who?", ())


def test_bad_line_keeps_its_id() -> None:
    with pytest.raises(BadLineError, match="question is missing") as caught:
        parse_line(b'{"id": [3], "story": "s"}')
    assert caught.value.id == [3]
