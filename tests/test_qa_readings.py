"""Where it is not sure what is meant, more than one reading is asked, and the likeliest wins."""

from __future__ import annotations

import pytest

from index.build import build_index
from index.cast import Cast, Character
from index.encoder import Encoder
from index.stories import make_story
from qa.agent import StoryAgent
from qa.conversation.mentions import Names
from qa.conversation.readings import Wording, likeliest, wordings
from qa.conversation.understanding import Understood, understand
from qa.equipment import baseline
from qa.question import MAX_CHARS
from qa.records import Answer, Turn

CAST = Cast((Character("Benno", ("Benno",), "m"), Character("Osk", ("Osk",), "m")), ())
MET = Turn("Did Benno meet Osk?", "Yes: they met.")
SOLD = Turn("What did Benno sell?", "A mule.")


def read(question: str, *history: Turn) -> tuple[Wording, ...]:
    return wordings(question, understand(question, history, Names.of(CAST)))


def answer(text: str | None, confidence: float) -> Answer:
    return Answer("", None, "", text, text is not None, confidence, (), (), "mill")


def test_a_reading_that_is_sure_is_the_only_one() -> None:
    assert read("Who taught Osk?", MET) == (Wording("Who taught Osk?"),)
    assert read("Where did he go?", SOLD) == (Wording("Where did Benno go?"),)


def test_an_ambiguous_pronoun_is_tried_as_it_was_asked_too() -> None:
    first, second = read("Where did he go?", MET)
    assert (first.text, second.text) == ("Where did Benno go?", "Where did he go?")
    assert 0.5 <= first.weight < 1
    assert first.weight + second.weight == pytest.approx(1)


def test_nothing_is_confirmed_of_nobody() -> None:
    assert [w.text for w in read("Was he old?", MET)] == ["Was Benno old?"]


def test_a_fragment_that_may_stand_for_much_is_tried_as_it_was_asked_too() -> None:
    first, second = read("And Hask?", SOLD)
    assert (first.text, second.text) == ("What did Hask sell?", "And Hask?")
    assert first.weight == 0.6
    assert len(read("And Osk?", SOLD)) == 1
    assert len(read("And then what happened?", SOLD)) == 1


def test_a_question_for_more_is_tried_without_what_is_known_too() -> None:
    first, second = read("What else did he sell?", SOLD)
    assert first == Wording("Besides a mule, what else did Benno sell?")
    assert second == Wording("What else did Benno sell?", 1.0, "Besides a mule, ")


def test_a_reading_too_long_to_be_asked_is_not_tried() -> None:
    long = "w" * MAX_CHARS
    assert wordings("Why?", Understood(long + "?")) == (Wording("Why?"),)


@pytest.mark.parametrize(
    ("first", "second", "wins"),
    [
        # .6 x .5 = .30 against .4 x .7 = .28, or .4 x .8 = .32
        (answer("north", 0.5), answer("south", 0.7), "north"),
        (answer("north", 0.5), answer("south", 0.8), "south"),
        (answer(None, 0.3), answer("south", 0.5), "south"),
        (answer("north", 0.5), answer(None, 0.9), "north"),
        (answer(None, 0.1), answer(None, 0.9), None),
    ],
)
def test_the_likeliest_reading_and_answer_together_win(
    first: Answer, second: Answer, wins: str | None
) -> None:
    tried = [(Wording("a", 0.6), first), (Wording("b", 0.4), second)]
    assert likeliest(tried).short_answer == wins
    assert likeliest(tried[:1]) is first


def test_the_first_wins_a_tie() -> None:
    first, second = answer("north", 0.5), answer("south", 0.5)
    assert likeliest([(Wording("a"), first), (Wording("b"), second)]) is first


def test_an_answer_that_repeats_what_is_known_does_not_win() -> None:
    first, same, new = answer(None, 0.2), answer("the Mule", 0.9), answer("a cart", 0.6)
    known = "Besides a mule, "
    assert likeliest([(Wording("a"), first), (Wording("b", 1.0, known), same)]) is first
    assert likeliest([(Wording("a"), first), (Wording("b", 1.0, known), new)]) is new


STORY = """\
The Mule of Hask

Benno Ruud met Osk Farrow at the mill. Osk Farrow was a smith and lived in Velmora.

In spring Benno Ruud sold a mule at the market. Osk Farrow bought the mule for nine crowns. Benno \
Ruud walked home to Hask because he had no money for the ferry.
"""


@pytest.fixture(scope="module")
def agent(encoder: Encoder) -> StoryAgent:
    index = build_index(make_story("mule", STORY), encoder)
    return StoryAgent(index, encoder, equipment=baseline(encoder))


def test_the_agent_says_which_reading_it_answered(agent: StoryAgent) -> None:
    met = Turn("Did Benno Ruud meet Osk Farrow?", "Yes: they met at the mill.")
    question = "Who gave him money for the ferry?"
    understood = understand(question, [met], Names.of(agent.cast))
    tried = [(w, agent.ask(w.text)) for w in wordings(question, understood)]
    assert len(tried) == 2
    best, given = likeliest(tried), agent.ask(question, [met])
    assert given.short_answer == best.short_answer
    assert given.confidence == pytest.approx(best.confidence, abs=1e-6)
    shown = None if best.question == question else best.question
    assert given.interpreted_as == shown
    assert given.question == question
    assert given.alternatives == understood.alternatives != ()


def test_what_stands_alone_is_asked_once_as_it_is(agent: StoryAgent) -> None:
    sold = Turn("What did Benno Ruud sell?", "A mule.")
    assert agent.ask("Where did Osk Farrow live?", [sold]) == agent.ask(
        "Where did Osk Farrow live?"
    )
