"""What can go wrong for a user: one line on stderr and status 2, or a right answer."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.persist import load_index
from qa.agent import StoryAgent
from qa.cli import cli

pytestmark = pytest.mark.usefixtures("encoder")

ASKED = "Who sold fish at the harbour?"


def ask(*args: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(cli, ["ask", *args], input=stdin, prog_name="qa")


def one_line(result: Result, *parts: str) -> None:
    """Assert that the command failed as promised, and said what, which and what to do."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("qa: error: ")
    assert result.stderr.count("\n") == 1
    assert len(result.stderr) < 500
    for part in parts:
        assert part in result.stderr


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QA_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "indexes"


STORIES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "blank": (b"\n \t\n", "is empty"),
    "no-word": (b"...!", "has no word"),
    "binary": (b"\x7fELF\x02\x01\x01\x00" + bytes(64), "looks binary"),
    "control": (b"Once \x02 upon", "looks binary"),
    "latin-1": ("Die Bäckerin schlief.".encode("latin-1"), "is not UTF-8"),
    "utf-16": ("Once upon a time.".encode("utf-16"), "is not UTF-8"),
}


@pytest.mark.parametrize("name", STORIES)
def test_story_that_cannot_be_used(tmp_path: Path, name: str, home: Path) -> None:
    data, message = STORIES[name]
    path = tmp_path / f"{name}.txt"
    path.write_bytes(data)
    one_line(ask(ASKED, "--story", str(path)), message, "story '", name)
    assert not home.exists()


def test_story_that_is_not_there(tmp_path: Path) -> None:
    one_line(ask(ASKED, "--story", str(tmp_path / "none.txt")), "none.txt", "check the path")
    one_line(ask(ASKED, "--story", "nobody-knows"), "'nobody-knows'", "known stories: ")
    one_line(ask(ASKED, "--story", ""), "''")
    one_line(ask(ASKED, "--story", str(tmp_path)), "is a folder")


def test_enormous_story(tmp_path: Path) -> None:
    path = tmp_path / "enormous.txt"
    with path.open("wb") as file:
        file.truncate(50 * 10**9)
    one_line(ask(ASKED, "--story", str(path)), "50,000,000,000 bytes", "split it")


def test_unreadable_story(tmp_path: Path, as_nobody: None) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("Once.")
    path.chmod(0)
    one_line(ask(ASKED, "--story", str(path)), "Permission denied", "permissions")


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "is empty"),
        ("  \n ", "is empty"),
        ("?!", "has no word"),
        ("… — ¿", "has no word"),
        ("why " * 2_500, "9,999 characters"),
        ("w" * 10_000, "10,000 characters"),
    ],
)
def test_question_that_cannot_be_asked(tale_file: Path, question: str, message: str) -> None:
    one_line(ask("-", "--story", str(tale_file), stdin=question), message, "; ask something")
    one_line(ask(question, "--story", str(tale_file)), message)


def test_question_on_stdin_that_is_not_text(tale_file: Path) -> None:
    one_line(ask("-", "--story", str(tale_file), stdin=b"caf\xe9?"), "not UTF-8", "byte 3")
    one_line(ask("-", "--story", str(tale_file), stdin=b"a" * 2_000_000), "1,000,000 bytes")


@pytest.mark.parametrize(
    "question",
    [
        "パン屋は誰ですか。", "Кто продавал рыбу?", "من باع السمك؟", "מי מכר דגים", "ใครขายปลา",
        "Who sold 🐟?", "𝔴𝔥𝔬", "who\u0301 is\u200b it", "a" * 1000, "<b>who</b>", "\x1b[31mwho",
        "who\0", "' OR 1=1 --", "who? what? where? when? why?", "$(reboot)", "%s%n{0}",
    ],
)  # fmt: skip
def test_strange_question_is_answered_or_declined(
    tale_file: Path, tale_text: str, question: str
) -> None:
    result = ask("-", "--story", str(tale_file), "--json", stdin=question)
    assert result.exit_code in {0, 1}, result.output
    data = json.loads(result.stdout)
    assert result.exit_code == (not data["answerable"])
    for quoted in (*data["citations"], *data["passages"]):
        assert tale_text[quoted["start"] : quoted["end"]] == quoted["text"]
    plain = ask("-", "--story", str(tale_file), stdin=question)
    assert plain.exit_code == result.exit_code
    assert "\x1b" not in plain.stdout


@settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    st.lists(
        st.sampled_from(
            "who whom why what where when how many is was did the of and Marta Tobin she he it "
            "bread Hask not n't 's \" ' ( ) - — ? ! . , which".split()
        )
        | st.text(max_size=5),
        max_size=12,
    ).map(" ".join)
)
def test_no_question_breaks_the_answer(tale_index: Any, encoder: Any, question: str) -> None:
    from index.errors import QuestionError

    agent = StoryAgent(tale_index, encoder)
    try:
        answer = agent.ask(question)
    except QuestionError:
        return
    text = tale_index.story.text
    assert answer.answerable == bool(answer.citations)
    assert all(text[c.start : c.end] == c.text for c in answer.citations)
    assert all(text[r.passage.start : r.passage.end] == r.passage.text for r in answer.passages)


def test_words_that_are_not_utf8(tale_file: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from qa.cli import main; main()", "ask", b"caf\xe9", b"-k"],
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 2
    assert ran.stderr.startswith(b"qa: error: ")


@pytest.mark.parametrize("place", ["/dev/null/x", "/proc/none/x"])
def test_data_folder_that_cannot_be(
    tale_file: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("QA_HOME", place)
    result = ask(ASKED, "--story", str(tale_file))
    assert result.exit_code in {0, 1}
    assert result.stdout
    assert result.stderr.startswith("qa: warning: cannot keep the index in ")
    assert "answering from memory" in result.stderr
    assert result.stderr.count("\n") == 1
    indexed = CliRunner().invoke(cli, ["index", str(tale_file)])
    one_line(indexed, "set QA_HOME")
    assert CliRunner().invoke(cli, ["stories"]).exit_code == 0


def test_read_only_data_folder(tmp_path: Path, tale_text: str, home: Path, as_nobody: None) -> None:
    story = tmp_path / "tale.txt"
    story.write_text(tale_text, "utf-8")
    home.mkdir(parents=True)
    home.chmod(0o555)
    result = ask(ASKED, "--story", str(story))
    assert result.exit_code in {0, 1}
    assert result.stderr.startswith("qa: warning: ")
    assert "Permission denied" in result.stderr
    assert result.stderr.count("\n") == 1
    home.chmod(0)
    one_line(CliRunner().invoke(cli, ["stories"]), "cannot read", "set QA_HOME")
    home.chmod(0o700)


def test_full_disk(tale_file: Path, home: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, limits[1]))
    try:
        result = ask(ASKED, "--story", str(tale_file))
        indexed = CliRunner().invoke(cli, ["index", str(tale_file)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert result.exit_code in {0, 1}
    assert result.stderr.startswith("qa: warning: cannot keep the index in ")
    assert result.stderr.count("\n") == 1
    one_line(indexed, "free some space")
    assert [f.name for f in home.iterdir()] == [".tale.lock"]


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def scribble(path: Path) -> None:
    path.write_bytes(b"\x00" * 10)


@pytest.mark.parametrize("damage", [truncate, scribble, Path.unlink])
@pytest.mark.parametrize("by", ["path", "name"])
def test_damaged_index_is_mended_without_a_word(
    tale_file: Path, home: Path, damage: Callable[[Path], None], by: str
) -> None:
    story = str(tale_file) if by == "path" else "tale"
    right = ask(ASKED, "--story", str(tale_file)).stdout
    for name in ("vectors.faiss", "parses.jsonl", "bm25/params.index.json", "words/bounds.npy"):
        damage(home / "tale" / name)
        result = ask(ASKED, "--story", story)
        assert (result.stdout, result.stderr) == (right, "")
        load_index(home / "tale")


def test_index_damaged_beyond_repair(tale_file: Path, home: Path) -> None:
    ask(ASKED, "--story", str(tale_file))
    tale_file.unlink()
    truncate(home / "tale" / "story.txt")
    one_line(ask(ASKED, "--story", "tale"), "is damaged", "qa index PATH")


def test_changed_story_is_read_anew(tale_file: Path, home: Path) -> None:
    ask(ASKED, "--story", str(tale_file))
    tale_file.write_text("Old Bram sold fish at the harbour.")
    for story in (str(tale_file), "tale"):
        data = json.loads(ask(ASKED, "--story", story, "--json").stdout)
        assert [p["text"] for p in data["passages"]] == ["Old Bram sold fish at the harbour."]


def start(tale_file: Path, home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from qa.cli import main; main()", "ask", ASKED, "--json",
         "--story", str(tale_file)],
        env={**os.environ, "QA_HOME": str(home.parent)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.timeout(300)
def test_two_processes_build_the_same_index_at_once(tale_file: Path, home: Path) -> None:
    running = [start(tale_file, home) for _ in range(2)]
    outputs = [process.communicate(timeout=250) for process in running]
    assert {process.returncode for process in running} <= {0, 1}
    assert outputs[0] == outputs[1]
    assert outputs[0][1] == ""
    assert json.loads(outputs[0][0])["story"] == "tale"
    assert sorted(f.name for f in home.iterdir()) == [".tale.lock", "tale"]
    load_index(home / "tale")


def test_reader_of_the_output_may_go_away() -> None:
    ran = subprocess.run(
        f"{sys.executable} -c 'from qa.cli import main; main()' stories --json | true; "
        "echo ${PIPESTATUS[0]}",
        shell=True, executable="/bin/bash", capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ran.stderr == ""
    assert ran.stdout.strip() in {"0", "141"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_output_that_is_full() -> None:
    ran = subprocess.run(
        f"{sys.executable} -c 'from qa.cli import main; main()' stories > /dev/full",
        shell=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 2
    assert ran.stderr.startswith("qa: error: No space left on device")
    assert ran.stderr.count("\n") == 1


def test_interrupt_ends_with_130(tale_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(StoryAgent, "ask", interrupted)
    result = ask(ASKED, "--story", str(tale_file))
    assert (result.exit_code, result.output) == (130, "")
