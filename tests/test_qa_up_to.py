from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import LetterEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from qa_texts import indexed

from index.errors import PointError
from qa.agent import StoryAgent
from qa.batch import answers
from qa.cli import cli
from qa.equipment import baseline
from qa.records import Answer, Turn

# Every sentence has a name that no earlier one has.
STORY = """\
Tobias kept bees in Hask. He sold the honey to Greta. Greta, a weaver, lived near the Morrow. One \
day the bees flew away to Velmora.

Osman found them in his attic. He wrote to Tobias Renn, for that was his name. Greta Quill, his \
wife, read the letter to Ines. “The old queen is dead,” said Doctor Pell. Then Min-jae took the \
swarm. He hid it from Tobias in a barrel from Calder. Ada Lund (Vera Moss) saw him. She told \
Constable Drummond. He arrested Min-jae Orr in Zennor\
"""
NAMES = sorted(set(re.findall(r"\b[A-Z][\w-]+", STORY)) - {"He", "She", "One", "Then", "The"})
QUESTIONS = [
    *(f"Who is {name}?" for name in NAMES),
    *(f"Did Greta see {name}?" for name in NAMES),
    "Who took the swarm?", "Where did he hide it?", "Why did the bees fly away?",
    "What happens at the end?", "Who was arrested?", "What did he sell?", "Who is his wife?",
    "What happened after that?", "Who is Tobyas?", "Who is minjae?", "Who is Drumond?",
]  # fmt: skip


@pytest.fixture(scope="module")
def agent() -> StoryAgent:
    return StoryAgent(indexed(STORY), LetterEncoder(), baseline(LetterEncoder()))


@pytest.fixture(scope="module")
def views(agent: StoryAgent) -> list[StoryAgent]:
    """The agent that knows one sentence, the one that knows two, and so on."""
    return [agent.up_to(str(n)) for n in range(1, len(agent.index.passages) + 1)]


def words(text: str | None) -> set[str]:
    return set(re.findall(r"\w+", text or ""))


def check(answer: Answer, view: StoryAgent, said: str) -> None:
    """Assert that nothing in the answer comes from beyond the view, but what the reader said."""
    end = view.index.passages[-1].end
    for quoted in (*answer.citations, *(r.passage for r in answer.passages)):
        assert quoted.end <= end
        assert STORY[quoted.start : quoted.end] == quoted.text
    known = words(STORY[:end]) | words(said)
    told = words(answer.answer) | words(answer.short_answer) | words(answer.interpreted_as)
    told |= {w for other in answer.alternatives for w in words(other.meant) | words(other.question)}
    later = words(STORY[end:]) - known
    assert not told & later & words(" ".join(NAMES))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_answer_tells_what_comes_later(views: list[StoryAgent], data: st.DataObject) -> None:
    view = data.draw(st.sampled_from(views))
    history: list[Turn] = []
    asked = data.draw(st.lists(st.sampled_from(QUESTIONS), min_size=1, max_size=2))
    for question in asked:
        answer = view.ask(question, history, k=data.draw(st.integers(1, 20)))
        check(answer, view, " ".join(asked))
        history.append(Turn(question, answer.answer))


def test_the_property_would_notice(agent: StoryAgent, views: list[StoryAgent]) -> None:
    with pytest.raises(AssertionError):
        check(agent.ask("Who took the swarm?"), views[0], "Who took the swarm?")


def test_a_name_is_put_right_only_once_it_is_known(views: list[StoryAgent]) -> None:
    asked = "Who is Drumond?"
    assert views[5].ask(asked).interpreted_as is None
    assert views[-1].ask(asked).interpreted_as == "Who is Drummond?"


def test_a_misspelt_name_is_answered_and_shown(agent: StoryAgent) -> None:
    answer = agent.ask("Where did Tobyas keep bees?")
    right = agent.ask("Where did Tobias keep bees?")
    assert answer.interpreted_as == "Where did Tobias keep bees?"
    assert (answer.answer, answer.citations) == (right.answer, right.citations)
    assert right.interpreted_as is None


def test_the_agent_up_to_a_point_reads_and_shows_no_more(agent: StoryAgent) -> None:
    view = agent.up_to("flew away")
    assert view.story.text.endswith("flew away to Velmora.")
    assert [c.name for c in view.cast.characters] == ["Tobias", "Greta"]
    with pytest.raises(PointError):
        agent.up_to("101%")


def test_batch_reads_every_story_up_to_the_point(tmp_path: Path) -> None:
    from index.library import Library

    (tmp_path / "bees.txt").write_text(STORY, "utf-8")
    library = Library(tmp_path / "home", LetterEncoder())
    line = f'{{"id": 1, "story": "{tmp_path / "bees.txt"}", "question": "Who is Osman?"}}'.encode()
    (row,) = answers([line], library, "3")
    assert row["id"] == 1
    assert len(row["passages"]) == 3
    (row,) = answers([line], library, "300%")
    assert row["id"] == 1
    assert "'300%' is no part of a story" in row["error"]
    (row,) = answers([line], library)
    assert len(row["passages"]) == 5


@pytest.mark.parametrize("command", [["ask", "Who is Osman?"], ["chat"]])
def test_a_bad_point_is_one_line_and_status_2(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index.library import Library

    (tmp_path / "bees.txt").write_text(STORY, "utf-8")
    library = Library(tmp_path / "home", LetterEncoder())
    monkeypatch.setattr("qa.options.open_library", lambda: library)
    args = [*command, "--story", str(tmp_path / "bees.txt"), "--up-to", "the last of the bees"]
    result = CliRunner().invoke(cli, args, prog_name="qa")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("qa: error: the words 'the last of the bees' do not stand")
    assert result.stderr.count("\n") == 1
