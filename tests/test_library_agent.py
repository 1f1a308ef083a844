"""Asking all stories: which are asked, which answer counts, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import qa.library_agent
from index.corpus import CorpusHit
from index.errors import QAError, QuestionError, StoryError
from index.records import Hit, Passage
from qa.library_agent import LibraryAgent
from qa.records import Answer, Retrieved


class Shelf:
    """A corpus of three stories, whose searches are given."""

    names = ("reef", "mill", "moor")

    def __init__(self, nearest: list[tuple[int, float]], matching: list[tuple[int, float]]) -> None:
        self._nearest, self._matching = nearest, matching

    def nearest(self, vector: Any, k: int) -> list[CorpusHit]:
        return [CorpusHit(story, 0, score) for story, score in self._nearest]

    def matching(self, terms: Any, k: int) -> list[Hit]:
        return [Hit(story, score) for story, score in self._matching]


def agent(
    monkeypatch: pytest.MonkeyPatch, letters: Any, shelf: Shelf, told: dict[str, Any]
) -> tuple[LibraryAgent, list[str]]:
    """Return an agent whose stories answer with the confidence that `told` gives, or decline."""
    asked: list[str] = []

    class Told:
        def __init__(self, index: str, encoder: Any, equipment: Any) -> None:
            self.name = index

        def ask(self, text: str, k: int) -> Answer:
            asked.append(self.name)
            sure = told[self.name]
            seen = Retrieved(1, Passage(0, self.name, f"A {self.name}.", 0, 7), 0.5)
            short = None if sure is None else self.name
            said = "The story does not say." if sure is None else f"The {self.name}."
            yes = sure is not None
            return Answer(text, None, said, short, yes, sure or 0.1, (), (seen,), self.name)

    def opened(name: str) -> Any:
        if isinstance(told[name], Exception):
            raise told[name]
        return name

    monkeypatch.setattr(qa.library_agent, "StoryAgent", Told)
    made: Any = shelf
    return LibraryAgent(made, opened, letters, equipment=object()), asked  # type: ignore[arg-type]


# The first passages are a story's best: .9 scales to 1, .45 to .5. Words: 4 to 1, 2 to .5.
CLEAR = Shelf([(1, 0.9), (1, 0.8), (0, 0.45)], [(1, 4.0), (0, 2.0)])
CLOSE = Shelf([(0, 0.9), (1, 0.9)], [(1, 4.0), (0, 3.6), (2, 1.0)])


def test_stories_are_ranked_by_meaning_and_words(
    monkeypatch: pytest.MonkeyPatch, letters: Any
) -> None:
    found = agent(monkeypatch, letters, CLEAR, {})[0].candidates("Who?", 5)
    assert [one.story for one in found] == ["mill", "reef"]
    assert [one.score for one in found] == pytest.approx([1.0, 0.5])
    assert len(agent(monkeypatch, letters, CLOSE, {})[0].candidates("Who?", 2)) == 2


def test_one_clear_story_is_asked_alone(monkeypatch: pytest.MonkeyPatch, letters: Any) -> None:
    whole, asked = agent(monkeypatch, letters, CLEAR, {"mill": 0.4, "reef": 0.9})
    assert whole.ask("Who?").story == "mill"
    assert asked == ["mill"]


def test_of_near_ones_the_surer_answer_counts(
    monkeypatch: pytest.MonkeyPatch, letters: Any
) -> None:
    whole, asked = agent(monkeypatch, letters, CLOSE, {"mill": 0.4, "reef": 0.9, "moor": None})
    assert whole.ask("Who?").story == "reef"
    assert asked == ["mill", "reef"]


def test_a_story_that_does_not_tell_gives_way(
    monkeypatch: pytest.MonkeyPatch, letters: Any
) -> None:
    whole, asked = agent(monkeypatch, letters, CLEAR, {"mill": None, "reef": 0.3})
    assert whole.ask("Who?").answer == "The reef."
    assert asked == ["mill", "reef"]


def test_where_none_tells_the_nearest_is_quoted(
    monkeypatch: pytest.MonkeyPatch, letters: Any
) -> None:
    whole, _ = agent(monkeypatch, letters, CLEAR, {"mill": None, "reef": None})
    answer = whole.ask("Who?")
    assert answer.answer == "No story says. The nearest one comes, mill: “A mill.”"
    assert (answer.answerable, answer.story) == (False, "mill")


def test_a_story_that_cannot_be_opened(monkeypatch: pytest.MonkeyPatch, letters: Any) -> None:
    gone = StoryError("the mill is gone")
    whole, _ = agent(monkeypatch, letters, CLEAR, {"mill": gone, "reef": 0.3})
    assert whole.ask("Who?").story == "reef"
    whole, _ = agent(monkeypatch, letters, CLEAR, {"mill": gone, "reef": None})
    with pytest.raises(StoryError, match="the mill is gone"):
        whole.ask("Who?")
    whole, _ = agent(monkeypatch, letters, Shelf([], []), {})
    with pytest.raises(QAError, match="no story comes near"):
        whole.ask("Who?")
    with pytest.raises(QuestionError):
        whole.ask("?!")


def run(*args: str) -> Any:
    from qa.cli import cli

    return CliRunner().invoke(cli, args, prog_name="qa")


@pytest.mark.usefixtures("encoder")
def test_the_command_says_which_story(tale_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "reef.txt"
    other.write_text("Odo Farrell steered the Heron onto a reef. His mate Pia swam to the shore.")
    assert run("index", str(tale_file), str(other)).exit_code == 0
    plain = run("ask", "Who steered the Heron onto a reef?", "--all")
    assert "\nStory: reef\n" in plain.stdout
    assert "Odo Farrell" in plain.stdout
    data = json.loads(run("ask", "Who lent Marta forty crowns?", "--all", "--json").stdout)
    assert data["story"] == "tale"
    assert run("ask", "Who steered the Heron?", "--all").stderr == ""


@pytest.mark.parametrize("option", ["--story", "--up-to"])
def test_all_goes_with_no_single_story(option: str) -> None:
    result = run("ask", "Who?", "--all", option, "tale")
    assert result.exit_code == 2
    assert f"leave out {option}" in result.stderr
    assert result.stderr.count("\n") == 1
