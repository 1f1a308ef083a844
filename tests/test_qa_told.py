"""What a story tells outright: who did it, who plays whom, who is in it, what it is about."""

from __future__ import annotations

import pytest
from qa_texts import indexed

from index.persist import StoryIndex
from qa.compose import compose_all
from qa.facts.ages import age
from qa.facts.claim import claimed
from qa.facts.events import Happening
from qa.facts.naming import Naming, bearer, named
from qa.facts.support import LIKELY, SURE
from qa.facts.table import FactTable
from qa.facts.told import Told, told
from qa.question import analyse
from qa.records import Span

STORY = (
    "Anna Holm (Greta Lind) is a fisher who loves Hugo Brandt (Nils Aho), a miller. "
    "Hugo sold the boat. "
    "Anna kidnapped Hugo. "
    "The miller's brother freed Hugo. "
    "A stranger wept. "
    "Somebody burned the mill."
)


@pytest.fixture(scope="module")
def index() -> StoryIndex:
    return indexed(STORY)


@pytest.fixture(scope="module")
def table(index: StoryIndex) -> FactTable:
    return FactTable(index.parses, index.cast)


def tells(question: str, index: StoryIndex, table: FactTable) -> Told | None:
    asked = analyse(question)
    return told(asked, claimed(asked, table), Happening(), index, table)


def short(question: str, index: StoryIndex, table: FactTable) -> str | None:
    found = tells(question, index, table)
    return found and compose_all(analyse(question), found.spans, found.nearest, index)[0]


@pytest.mark.parametrize(
    ("question", "expected", "level"),
    [
        ("Who sold the boat?", "Hugo", SURE),
        ("Who freed Hugo Brandt?", "The miller's brother", SURE),
        ("Who released Hugo?", "The miller's brother", SURE),  # a verb that means the same
        ("Who kidnapped Hugo?", "Anna", SURE),
        ("Who did the miller's brother free?", "Hugo", SURE),
        ("Whose boat did Hugo sell?", None, 0.0),
        ("Who kidnapped Anna?", None, 0.0),
        ("Who did not sell the boat?", None, 0.0),
        ("Who wept?", None, 0.0),  # nobody else tells which weeping is meant
        ("Who burned the mill?", None, 0.0),  # "somebody" is no answer
        ("Why did Hugo sell the boat?", None, 0.0),
    ],
)
def test_who_did_it_is_told_by_verb_and_role(
    question: str, expected: str | None, level: float, table: FactTable
) -> None:
    asked = analyse(question)
    found = named(asked, claimed(asked, table), table)
    assert (found and STORY[found.span.start : found.span.end]) == expected
    assert (found.level if found else 0.0) == level


def test_a_pronoun_that_is_not_tied_may_mean_whoever_its_sentence_names() -> None:
    index = indexed("Karl Voss set up a meeting with Otto Berg and robbed him after a talk.")
    table = FactTable(index.parses, index.cast)
    asked = analyse("Who robbed Otto?")
    assert named(asked, claimed(asked, table), table) == Naming(Span(0, 9, 1.0), LIKELY)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who plays Anna?", "Greta Lind"),
        ("Which actor played the role of Hugo Brandt?", "Nils Aho"),
        ("who plays the character of hugo", "Nils Aho"),
        ("Who does Nils Aho play?", "Hugo Brandt"),
        ("Who is Greta Lind?", "Anna Holm"),
        ("Who is the miller?", "Hugo Brandt"),  # no actor is asked for, but who has the role
        ("Who plays the stranger?", None),
        ("Who played the fiddle?", None),
        ("Who met Greta Lind?", None),
    ],
)
def test_who_plays_whom_and_who_is_what(
    question: str, expected: str | None, index: StoryIndex, table: FactTable
) -> None:
    assert short(question, index, table) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who is Karl's boss?", "Otto Berg"),
        ("Who was the boss of Karl Voss?", "Otto Berg"),
        ("Who is Otto's brother?", "Emil Berg"),
        ("Who is the boss?", "Otto Berg"),
        ("Who is Emil's boss?", None),  # nothing ties the two
        ("Who is Otto's boss?", None),  # nobody is his own
        ("Who is Karl's brother?", None),
        ("Who is the cook?", None),  # two are
        ("Who is the boss of the mill?", None),
        ("Who is the boss that Karl betrays?", None),
        ("Who is Karl?", None),
    ],
)
def test_who_has_a_role(question: str, expected: str | None) -> None:
    text = (
        "Karl Voss works for Otto Berg, a ruthless boss. Otto shot his brother, Emil Berg. "
        "Ida Moe, the cook, wept. Nils Aho, the other cook, fled. Karl betrays Otto."
    )
    index = indexed(text)
    found = bearer(analyse(question), index, FactTable(index.parses, index.cast))
    assert (found and text[found.span.start : found.span.end]) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How old is Mara?", "fifteen-year-old"),
        ("How old was Mara Lind when she left?", None),  # that is another question
        ("What age is Osk Aho?", "Nine-year-old"),
        ("How old is Tilda?", "12-year-old"),
        ("How old is Ida?", None),
        ("How old is the boat?", None),
        ("How long has Mara been an orphan?", None),
    ],
)
def test_how_old_somebody_is(question: str, expected: str | None) -> None:
    text = (
        "Mara Lind, a fifteen-year-old orphan, lives with Ida Moe. Nine-year-old Osk Aho fled. "
        "Ida met a twelve-year-old child. Tilda Voss is a 12-year-old. Mara Lind owns a "
        "forty-year-old boat."
    )
    index = indexed(text)
    found = age(analyse(question), FactTable(index.parses, index.cast))
    assert (found and text[found.start : found.end]) == expected


def test_a_name_is_not_a_part_of_another() -> None:
    index = indexed("Annabel wept. Anna (Greta Lind) is a fisher. Anna slept. Anna rowed home.")
    table = FactTable(index.parses, index.cast)
    found = tells("Who is Greta Lind?", index, table)
    assert found is not None
    assert found.spans == (Span(14, 18, 1.0),)


@pytest.mark.parametrize(
    "question",
    [
        "Who are the main characters?",
        "who are the characters in this story",
        "Name the main characters of the film.",
        "List all the characters",
    ],
)
def test_the_characters_are_those_named_most(
    question: str, index: StoryIndex, table: FactTable
) -> None:
    found = tells(question, index, table)
    assert found is not None
    assert [STORY[s.start : s.end] for s in found.spans] == ["Anna Holm", "Hugo Brandt"]
    assert short(question, index, table) == "Anna Holm and Hugo Brandt"


def test_the_main_character_is_one(index: StoryIndex, table: FactTable) -> None:
    assert short("Who is the main character?", index, table) == "Hugo Brandt"


@pytest.mark.parametrize(
    "question",
    [
        "What is this story about?",
        "What's the film about?",
        "what is it about",
        "Give me a summary.",
        "What is the summary of the story?",
    ],
)
def test_a_story_is_about_what_it_begins_with(
    question: str, index: StoryIndex, table: FactTable
) -> None:
    found = tells(question, index, table)
    assert found is not None
    assert STORY[found.spans[0].start : found.spans[0].end] == index.passages[0].text


@pytest.mark.parametrize(
    "question",
    [
        "Who are the millers?",
        "Who is in the mill?",
        "Who are the people of the village?",
        "What is the meeting about?",
        "What is the story of Anna about?",
        "What are the names of the millers?",
    ],
)
def test_what_is_asked_of_a_part_is_not_asked_of_the_whole(
    question: str, index: StoryIndex, table: FactTable
) -> None:
    assert tells(question, index, table) is None


def test_a_story_that_names_nobody_has_no_characters() -> None:
    index = indexed("It rained. The river rose.")
    table = FactTable(index.parses, index.cast)
    assert tells("Who are the main characters?", index, table) is None


def test_events_come_first_and_the_nearest_is_the_short_answer(
    index: StoryIndex, table: FactTable
) -> None:
    events = (Span(*index_of("Hugo sold the boat"), 1.0), Span(*index_of("A stranger wept"), 1.0))
    asked = analyse("Who are the main characters?")
    found = told(asked, None, Happening(events, 1, {}, 0.6), index, table)
    assert found == Told(events, 0.6, 1)
    composed = compose_all(asked, events, 1, index)
    assert composed == ("A stranger wept", "Hugo sold the boat. A stranger wept.")


def index_of(part: str) -> tuple[int, int]:
    return STORY.index(part), STORY.index(part) + len(part)
