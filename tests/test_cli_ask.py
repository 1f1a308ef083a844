"""`qa ask` and `qa chat` on real models and a small story."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from index.encoder import Encoder
from qa.cli import cli
from qa.records import Answer, Citation

ASKED = "Why did Marta close the bakery?"

pytestmark = pytest.mark.usefixtures("encoder")


def run(*args: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(cli, args, input=stdin, prog_name="qa")


def test_json_answer_is_as_designed(tale_file: Path, tale_text: str) -> None:
    result = run("ask", ASKED, "--story", str(tale_file), "--json", "-k", "3")
    data = json.loads(result.stdout)
    assert list(data) == [
        "question", "interpreted_as", "answer", "short_answer", "answerable", "confidence",
        "citations", "passages", "story", "schema",
    ]  # fmt: skip
    assert (data["question"], data["story"], data["schema"]) == (ASKED, "tale", 1)
    assert [p["rank"] for p in data["passages"]] == [1, 2, 3]
    assert list(data["passages"][0]) == ["rank", "text", "start", "end", "score"]
    for quoted in (*data["citations"], *data["passages"]):
        assert tale_text[quoted["start"] : quoted["end"]] == quoted["text"]
    assert 0 <= data["confidence"] <= 1
    assert result.exit_code == (0 if data["answerable"] else 1)
    assert bool(data["citations"]) == data["answerable"] == (data["short_answer"] is not None)
    assert result.stderr == ""


def test_plain_answer(tale_file: Path) -> None:
    result = run("ask", ASKED, "--story", str(tale_file))
    assert result.exit_code == 0
    assert "mill had burnt down" in result.stdout
    assert "Confidence: " in result.stdout
    assert "[1] “" in result.stdout
    assert "of tale)" in result.stdout
    assert "\x1b" not in result.stdout
    assert result.stderr == ""


def test_words_of_the_question_need_no_quotes(tale_file: Path) -> None:
    loose = run("ask", *ASKED.split(), "--story", str(tale_file))
    assert loose.stdout == run("ask", ASKED, "--story", str(tale_file)).stdout


def test_question_on_stdin(tale_file: Path) -> None:
    piped = run("ask", "-", "--story", str(tale_file), stdin=f"\ufeff{ASKED}\n")
    assert piped.stdout == run("ask", ASKED, "--story", str(tale_file)).stdout


def test_what_the_story_does_not_say(tale_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from qa.calibration import Calibrator

    monkeypatch.setattr(Calibrator, "probability", lambda self, features: 0.004)
    result = run("ask", ASKED, "--story", str(tale_file), "--json")
    data = json.loads(result.stdout)
    assert result.exit_code == 1
    assert data["answerable"] is False
    assert data["short_answer"] is None
    assert data["citations"] == []
    assert data["passages"]
    plain = run("ask", ASKED, "--story", str(tale_file))
    assert plain.exit_code == 1
    assert "Confidence: unlikely that the story tells (1%)" in plain.stdout
    assert "[1]" not in plain.stdout


def test_shipped_story_is_asked_by_default() -> None:
    from qa.agent import DEFAULT_STORY

    result = run("ask", "Who is the story about?", "--json")
    assert json.loads(result.stdout)["story"] == DEFAULT_STORY
    assert result.exit_code in {0, 1}


def test_same_question_same_answer(tale_file: Path) -> None:
    answers = {run("ask", ASKED, "--story", str(tale_file), "--json").stdout for _ in range(3)}
    assert len(answers) == 1


def test_output_that_cannot_show_the_text_stays_json(
    tale_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = CliRunner(charset="ascii")
    question = "Why did Márta close – the bakery?"
    result = runner.invoke(cli, ["ask", question, "--story", str(tale_file), "--json"])
    assert json.loads(result.stdout_bytes.decode("ascii"))["question"] == question


def test_chat_keeps_the_conversation(tale_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from qa.agent import StoryAgent

    histories: list[list[str]] = []
    ask = StoryAgent.ask

    def listening(self: StoryAgent, text: str, history: Any = (), k: int = 5) -> Answer:
        histories.append([turn.question for turn in history])
        return ask(self, text, history, k)

    monkeypatch.setattr(StoryAgent, "ask", listening)
    commands = ["/sources", "/help", "/nonsense", "/quit", "Who?"]
    lines = [ASKED, "", "?!", "Where did she go?", *commands]
    result = run("chat", "--story", str(tale_file), stdin="\n".join(lines))
    assert result.exit_code == 0
    assert histories == [[], [ASKED], [ASKED]]  # the second was no question
    assert "mill had burnt down" in result.stdout
    assert "1. characters " in result.stdout
    assert "/sources  what was read" in result.stdout
    complaints = result.stderr.splitlines()
    assert complaints[0].startswith("qa: error: the question '?!' has no word")
    assert complaints[1] == "qa: error: no command '/nonsense'; type /help"
    assert len(complaints) == 2


def test_chat_ends_with_its_input(tale_file: Path) -> None:
    result = run("chat", "--story", str(tale_file), stdin="/sources\ncaf\xe9?".encode("latin-1"))
    assert result.exit_code == 0
    assert result.stdout.startswith("Nothing has been asked yet.")


def test_chat_with_nothing_to_answer(tale_file: Path) -> None:
    assert run("chat", "--story", str(tale_file)).output == ""


def test_answers_quote_the_story_verbatim(tale_file: Path, tale_text: str) -> None:
    result = run("ask", "Who lent Marta forty crowns?", "--story", str(tale_file), "--json")
    answer = Answer.from_json(json.loads(result.stdout))
    for citation in answer.citations:
        assert isinstance(citation, Citation)
        assert tale_text[citation.start : citation.end] == citation.text


def test_models_are_loaded_without_a_hub(encoder: Encoder) -> None:
    # The fixture of conftest.py fails any look beyond this machine.
    assert encoder.encode(["Who?"]).shape == (1, 384)
