from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.build import build_index
from index.encoder import Encoder
from index.errors import DataError, QuestionError
from index.persist import StoryIndex
from index.stories import make_story
from qa.agent import DEFAULT_STORY, SEEDS, StoryAgent
from qa.calibration import Calibrator
from qa.equipment import Equipment, baseline
from qa.question import MAX_CHARS, Question
from qa.records import Answer, Reading, Retrieved, Turn

STORY = """\
The Clock of Hask

Orla Penn, a clockmaker, lived in Hask beneath the old tower. One winter she mended the tower \
clock with a silver needle. The mayor paid her nothing.

In March the stone bridge collapsed because the river had risen. Orla Penn left Hask after the \
flood to find work in Velmora. She travelled by mule. At the gate of Velmora she met Doctor Imre \
Vass, who lent her thirty crowns.

“You will pay me back,” he said. Orla never returned to Hask. Imre Vass kept her needle as a pledge\
"""
ASKED = [
    "Who mended the clock?",
    "Why did the bridge collapse?",
    "How did Orla Penn travel?",
    "How many crowns did Imre Vass lend her?",
    "Where did Orla Penn live?",
    "When did the bridge collapse?",
    "Which bridge collapsed?",
    "What did Imre Vass keep?",
    "Who is Orla Penn?",
    "Did Orla return to Hask?",
    "What is the capital of Mongolia?",
    "Who won the chess championship?",
    "who",
]


@pytest.fixture(scope="module")
def agent(encoder: Encoder) -> StoryAgent:
    return StoryAgent(
        build_index(make_story("clock", STORY), encoder), encoder, equipment=baseline(encoder)
    )


def check(answer: Answer, index: StoryIndex) -> None:
    """Assert all that every answer promises, whatever was asked."""
    text = index.story.text
    for quoted in (*answer.citations, *(r.passage for r in answer.passages)):
        assert text[quoted.start : quoted.end] == quoted.text != ""
    assert [r.rank for r in answer.passages] == list(range(1, len(answer.passages) + 1))
    scores = [r.score for r in answer.passages]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert 0 < answer.confidence < 1
    assert "\n" not in answer.answer
    if answer.answerable:
        assert answer.short_answer
        assert answer.citations
        for cited in answer.citations:
            assert any(p.start <= cited.start < cited.end <= p.end for p in index.passages)
    else:
        assert answer.short_answer is None
        assert answer.citations == ()
        assert answer.answer.startswith("The story does not say.")


@pytest.mark.parametrize("question", ASKED)
def test_every_answer_is_quoted_from_the_story(agent: StoryAgent, question: str) -> None:
    answer = agent.ask(question)
    check(answer, agent.index)
    assert answer.question == question
    assert answer.interpreted_as is None
    assert answer.story == "clock"
    assert len(answer.passages) == 5


@pytest.mark.parametrize(
    ("question", "short", "cited"),
    [
        ("Who mended the clock?", "Orla Penn", "she"),
        ("How did Orla Penn travel?", "by mule", "by mule"),
        ("How many crowns did Imre Vass lend her?", "thirty crowns", "thirty crowns"),
        ("Who is Orla Penn?", "a clockmaker", "a clockmaker"),
    ],
)
def test_what_the_story_tells(agent: StoryAgent, question: str, short: str, cited: str) -> None:
    answer = agent.ask(question)
    assert (answer.short_answer, [c.text for c in answer.citations]) == (short, [cited])


def test_a_yes_no_question_is_answered_yes_or_no(agent: StoryAgent) -> None:
    answer = agent.ask("Did Orla return to Hask?")
    assert answer.short_answer == "no"
    assert answer.answer.startswith("No: ")
    assert "never returned" in answer.citations[0].text


def test_who_did_it_instead_is_said(agent: StoryAgent) -> None:
    answer = agent.ask("Did Imre Vass mend the tower clock?")
    check(answer, agent.index)
    assert answer.short_answer == "no"
    assert answer.answer.startswith("No: the story says that ")
    assert "mended the tower clock" in answer.citations[0].text
    assert answer.citations[0].text in answer.passages[0].passage.text


def test_what_happened_next_is_answered_in_story_order(agent: StoryAgent) -> None:
    answer = agent.ask("What happened after the stone bridge collapsed?")
    assert answer.answerable
    assert answer.answer.startswith("Orla Penn left Hask")
    for cited in answer.citations:
        assert agent.story.text[cited.start : cited.end] == cited.text


def test_what_the_story_does_not_tell_is_declined(agent: StoryAgent) -> None:
    answer = agent.ask("What is the capital of Mongolia?")
    assert not answer.answerable
    assert answer.passages
    assert f"“{answer.passages[0].passage.text}”" in answer.answer


def test_the_threshold_decides(agent: StoryAgent, encoder: Encoder) -> None:
    found = baseline(encoder)
    strict = StoryAgent(
        agent.index, encoder, replace(found, calibrator=Calibrator(0.0, {}, threshold=0.51))
    )
    assert not strict.ask("What did the clock do?").answerable
    lax = StoryAgent(
        agent.index, encoder, replace(found, calibrator=Calibrator(0.0, {}, threshold=0.5))
    )
    answer = lax.ask("Who won the chess championship?")
    assert (answer.answerable, answer.confidence) == (True, 0.5)


def test_the_same_question_has_the_same_answer(agent: StoryAgent) -> None:
    first = [agent.ask(question).to_json() for question in ASKED]
    assert [agent.ask(question).to_json() for question in reversed(ASKED)] == first[::-1]


def test_a_follow_up_is_put_so_that_it_stands_alone(agent: StoryAgent) -> None:
    history = [Turn("Who mended the clock?", "Orla Penn.")]
    answer = agent.ask("How did she travel?", history)
    assert answer.question == "How did she travel?"
    assert answer.interpreted_as == "How did Orla Penn travel?"
    alone = agent.ask("How did Orla Penn travel?")
    assert replace(answer, question=alone.question, interpreted_as=None) == alone
    assert agent.ask("How did Orla Penn travel?", history) == alone


def test_another_reading_comes_with_the_answer_but_not_in_its_json(agent: StoryAgent) -> None:
    history = [Turn("Did the smith hate the sailor?", "Yes.")]
    answer = agent.ask("Why did he leave?", history)
    assert answer.interpreted_as == "Why did the smith leave?"
    assert [a.meant for a in answer.alternatives] == ["the sailor"]
    assert [a.question for a in answer.alternatives] == ["Why did the sailor leave?"]
    assert "alternatives" not in answer.to_json()


@pytest.mark.parametrize("k", [1, 3, 50])
def test_k_is_the_number_of_passages_shown(agent: StoryAgent, k: int) -> None:
    answer = agent.ask("Who mended the clock?", k=k)
    assert len(answer.passages) == min(k, len(agent.index.passages))
    assert answer.short_answer == "Orla Penn"


def test_json_has_the_fields_of_the_design_and_no_others(agent: StoryAgent) -> None:
    data = agent.ask("Who mended the clock?").to_json()
    assert list(data) == [
        "question",
        "interpreted_as",
        "answer",
        "short_answer",
        "answerable",
        "confidence",
        "citations",
        "passages",
        "story",
        "schema",
    ]
    assert [list(c) for c in data["citations"]] == [["text", "start", "end"]]
    assert list(data["passages"][0]) == ["rank", "text", "start", "end", "score"]
    assert (data["schema"], data["interpreted_as"], data["answerable"]) == (1, None, True)
    assert agent.ask("Who won the chess championship?").to_json()["short_answer"] is None


@pytest.mark.parametrize("question", ASKED[:3] + ASKED[-3:])
def test_what_is_read_back_is_what_was_written(agent: StoryAgent, question: str) -> None:
    data = json.loads(json.dumps(agent.ask(question).to_json()))
    answer = Answer.from_json(data)
    assert answer.to_json() == data
    check(answer, agent.index)
    assert Answer.from_json({**data, "id": "7", "other": 1}) == answer


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"citations": [{"text": "she", "start": 1}]},
        {"citations": 3},
        {"passages": [{"rank": 1}]},
        {"confidence": "high"},
        {"confidence": None},
    ],
)
def test_json_with_something_amiss_is_refused(agent: StoryAgent, change: object) -> None:
    data = agent.ask("Who mended the clock?").to_json()
    assert isinstance(change, dict)
    with pytest.raises(DataError, match=r"; use qa ask --json$"):
        Answer.from_json({**data, **change})
    del data["answer"]
    with pytest.raises(DataError, match="field missing or amiss"):
        Answer.from_json(data)


@pytest.mark.parametrize("data", [None, [], "x", {}])
def test_what_is_no_answer_is_refused(data: object) -> None:
    with pytest.raises(DataError, match="not an answer of schema 1"):
        Answer.from_json(data)  # type: ignore[arg-type]


WORDS = st.sampled_from(
    "Who what when where why how many much did is the Orla Penn she her bridge clock ( ) “ ” \" ' "
    "— … ? ! . \u0301 \u200d \ufeff \U0001f600 誰 قال \x00 \ud800 <b> ${x} -- \\ \n \t".split(" ")
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(st.characters(), max_size=30))
@example("?")
@example("a" * MAX_CHARS)
@example("who " * 250)
@example("the of and")
@example("\ud800 who")
def test_odd_questions_have_an_answer_or_a_question_error(agent: StoryAgent, text: str) -> None:
    try:
        answer = agent.ask(text, [Turn(text, text), Turn("Who mended it?", "Orla Penn.")])
    except QuestionError as error:
        message = str(error)
    else:
        message = ""
        check(answer, agent.index)
        json.dumps(answer.to_json()).encode()
    assert "\n" not in message


def test_the_shipped_story_is_the_one_that_was_handed_over() -> None:
    (digest,) = re.findall(r"SHA-256: `([0-9a-f]{64})`", (SEEDS / "README.md").read_text("utf-8"))
    story = (SEEDS / f"{DEFAULT_STORY}.txt").read_bytes()
    assert hashlib.sha256(story).hexdigest() == digest


def test_the_question_that_the_readme_asks_first_gets_a_reason(encoder: Encoder) -> None:
    text = (SEEDS / f"{DEFAULT_STORY}.txt").read_text("utf-8")
    agent = StoryAgent(build_index(make_story(DEFAULT_STORY, text), encoder), encoder)
    (question,) = re.findall(r'&& qa ask "(.+)"', (SEEDS.parent / "README.md").read_text("utf-8"))
    answer = agent.ask(question)
    check(answer, agent.index)
    assert answer.short_answer
    assert re.search(r"\blied\b|cover up", answer.short_answer)
    assert "torture" not in answer.short_answer  # which would be no reason, but what was asked


@pytest.fixture(scope="module")
def tuned(encoder: Encoder) -> list[tuple[StoryIndex, list[tuple[str, Answer]]]]:
    """The two tuning stories, with the answers to all gold questions about each."""
    from eval.gold_loader import load_gold

    gold = load_gold("tune")
    found = []
    for story in gold.stories.values():
        own = StoryAgent(build_index(story, encoder), encoder, baseline(encoder))
        examples = [e for e in gold.examples if e.story_id == story.story_id]
        answers = [(e.question, own.ask(e.question, e.history, k=5)) for e in examples]
        found.append((own.index, answers))
    return found


@pytest.mark.timeout(300)
def test_every_gold_question_is_answered_verbatim(
    tuned: list[tuple[StoryIndex, list[tuple[str, Answer]]]],
) -> None:
    assert len(tuned) == 6
    for index, rows in tuned:
        assert len(rows) > 20
        assert {answer.answerable for _, answer in rows} == {True, False}
        for question, answer in rows:
            check(answer, index)
            assert answer.question == question
            assert len(answer.passages) == 5


class Counting:
    """A reader that finds nothing, and keeps how many passages it was given."""

    def __init__(self) -> None:
        self.given: list[int] = []

    def read(self, question: Question, passages: list[Retrieved]) -> Reading:
        self.given.append(len(passages))
        return Reading(())


@pytest.mark.parametrize(("times", "chosen", "whole"), [(1, [], [11]), (3, [8], [])])
def test_a_short_story_is_read_whole(
    times: int, chosen: list[int], whole: list[int], encoder: Encoder
) -> None:
    index = build_index(make_story("clock", "\n\n".join([STORY] * times)), encoder)
    equipment = Equipment(Counting(), Calibrator(0.0, {}, 0.5), depth=8, whole=Counting())
    StoryAgent(index, encoder, equipment).ask("Who mended the clock?", k=3)
    assert (equipment.reader.given, equipment.whole.given) == (chosen, whole)
    reader, depth = replace(equipment, whole=None).reading(index)
    assert (reader, depth) == (equipment.reader, 8)
