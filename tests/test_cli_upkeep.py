from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qa.cli import cli


def run(*args: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(cli, args, input=stdin, prog_name="qa")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: Any) -> None:
    monkeypatch.setenv("QA_HOME", str(tmp_path / "home"))


def test_index_then_stories(tale_file: Path) -> None:
    from qa.agent import DEFAULT_STORY

    assert f"{DEFAULT_STORY}  (indexed when first asked)" in run("stories").stdout
    first = run("index", str(tale_file))
    assert (first.exit_code, first.stderr) == (0, "")
    assert first.stdout == "tale: indexed 10 passages\n"
    assert run("index", str(tale_file)).stdout == "tale: unchanged\n"
    assert "tale  (10 passages)" in run("stories").stdout
    listed = {row["story"]: row for row in json.loads(run("stories", "--json").stdout)}
    assert listed["tale"] == {
        "story": "tale",
        "indexed": True,
        "passages": 10,
        "source": str(tale_file),
    }
    assert listed[DEFAULT_STORY]["indexed"] is False
    tale_file.write_text("Now it is another.")
    assert run("index", str(tale_file)).stdout == "tale: indexed 1 passage\n"


def test_one_bad_story_does_not_stop_the_others(tale_file: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    result = run("index", str(tmp_path / "empty.txt"), str(tale_file), str(tmp_path / "no.txt"))
    assert result.exit_code == 2
    assert result.stdout == "tale: indexed 10 passages\n"
    errors = result.stderr.splitlines()
    assert len(errors) == 2
    assert all(error.startswith("qa: error: ") for error in errors)
    assert "is empty" in errors[0]
    assert "no.txt" in errors[1]


def answer(tale_file: Path, question: str = "Who sold fish at the harbour?") -> dict[str, Any]:
    found = run("ask", question, "--story", str(tale_file), "--json")
    data: dict[str, Any] = json.loads(found.stdout)
    return data


def test_verify_accepts_what_ask_and_batch_print(tale_file: Path, tmp_path: Path) -> None:
    one = answer(tale_file)
    assert one["answerable"]
    quotations = len(one["citations"]) + len(one["passages"])
    said = f"all {quotations} quotations are verbatim\n"
    pretty = tmp_path / "answer.json"
    pretty.write_text(json.dumps(one, indent=2))
    assert (run("verify", str(pretty)).stdout, run("verify", str(pretty)).exit_code) == (said, 0)
    assert run("verify", "-", stdin=json.dumps(one)).stdout == said
    lines = "\n".join(
        [json.dumps({"id": 1, **one}), json.dumps({"id": 2, "error": "none"}), json.dumps(one)]
    )
    result = run("verify", "-", stdin=lines)
    assert result.exit_code == 0
    assert "answer 2: an error, nothing to verify" in result.stdout
    assert f"all {2 * quotations} quotations" in result.stdout


def changed(data: dict[str, Any], kind: str, **fields: Any) -> dict[str, Any]:
    first, *rest = data[kind]
    return data | {kind: [first | fields, *rest]}


@pytest.mark.parametrize("kind", ["citations", "passages"])
def test_verify_says_what_is_not_verbatim(tale_file: Path, kind: str) -> None:
    one = answer(tale_file)
    quoted = one[kind][0]
    for fields in (
        {"text": quoted["text"] + "!"},
        {"start": quoted["start"] + 1},
        {"end": 10**9},
        {"start": -1},
        {"start": quoted["end"], "end": quoted["end"], "text": ""},
    ):
        data = {"id": "x"} | changed(one, kind, **fields)
        result = run("verify", "-", stdin=json.dumps(data))
        assert result.exit_code == 1, fields
        assert result.stdout.startswith(f"answer 'x': {kind[:-1]} 1: ")
        assert result.stdout.endswith("1 problem\n")


def test_verify_notices_an_answer_that_cites_nothing(tale_file: Path) -> None:
    one = answer(tale_file)
    assert run("verify", "-", stdin=json.dumps(one | {"citations": []})).exit_code == 1
    declined = one | {"answerable": False, "short_answer": None}
    assert run("verify", "-", stdin=json.dumps(declined)).exit_code == 1


def test_verify_follows_the_story(tale_file: Path, tmp_path: Path) -> None:
    one = json.dumps(answer(tale_file))
    copy = tmp_path / "copy.txt"
    copy.write_text(tale_file.read_text("utf-8"), "utf-8")
    tale_file.write_text("Now it is another.")
    assert run("verify", "-", stdin=one).exit_code == 1
    assert run("verify", "-", "--story", str(copy), stdin=one).exit_code == 0


@pytest.mark.parametrize(
    "text",
    [
        "", "  \n", "not JSON", "[]", "5", "null", '"x"', "{", '{"schema": 1}', '{"schema": 2}',
        '{"schema": 1} {', "\xff", "[" * 100_000,
    ],
)  # fmt: skip
def test_verify_refuses_what_is_no_answer(text: str) -> None:
    result = run("verify", "-", stdin=text.encode("latin-1"))
    assert result.exit_code == 2
    assert result.stderr.startswith("qa: error: ")
    assert result.stderr.count("\n") == 1
    assert len(result.stderr) < 400


def test_verify_needs_the_file_and_the_story(tale_file: Path, tmp_path: Path) -> None:
    assert run("verify", str(tmp_path / "none.json")).exit_code == 2
    assert run("verify", str(tmp_path)).exit_code == 2
    one = json.dumps(answer(tale_file) | {"story": "unknown"})
    result = run("verify", "-", stdin=one)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'unknown'" in result.stderr


def test_verify_loads_no_model(tale_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = json.dumps(answer(tale_file))
    from index.onnx_encoder import OnnxEncoder

    def load(*args: Any) -> None:
        raise AssertionError("the encoder was used")

    monkeypatch.setattr(OnnxEncoder, "encode", load)
    assert run("verify", "-", stdin=one).exit_code == 0


def test_damaged_index_is_told_of_in_one_line(tale_file: Path, tmp_path: Path) -> None:
    run("index", str(tale_file))
    (tmp_path / "home" / "indexes" / "tale" / "manifest.json").write_text("{")
    result = run("stories")
    assert result.exit_code == 0
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("qa: warning: index ")
    assert "tale" not in result.stdout
