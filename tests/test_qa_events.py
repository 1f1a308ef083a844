"""Questions about the order of events, and the clauses that answer them."""

from __future__ import annotations

import pytest
from conftest import LetterEncoder
from qa_texts import indexed, retrieved, span

from index.persist import StoryIndex
from qa.facts.events import as_read, events, happening
from qa.facts.order import Order, asked_order
from qa.facts.table import FactTable
from qa.question import analyse
from qa.records import Reading
from qa.retriever import Retriever

LINES = [
    "The Lighthouse",
    "Ines Falk lit the lamp and climbed the tower.",
    "Bruno Mohr rowed to the island.",
    "A storm sank the boat, after which Bruno swam to the rocks.",
    "When Ines heard the bell, she threw a rope.",
    "Bruno was saved, but he lost his fiddle.",
    "Ines cooked some soup.",
    "The sea was calm.",
    "Bruno slept until noon.",
]
STORY = "\n\n".join(LINES)


@pytest.fixture(scope="module")
def index() -> StoryIndex:
    found = indexed(STORY)
    assert [p.text for p in found.passages] == LINES
    return found


@pytest.fixture(scope="module")
def table(index: StoryIndex) -> FactTable:
    return FactTable(index.parses, index.cast)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What happened after the boat sank?", Order("the boat sank", True)),
        ("what happens right after the boat sinks", Order("the boat sinks", True)),
        ("What happened next after the storm?", Order("the storm", True)),
        ("After the boat sank, what happened?", Order("the boat sank", True)),
        ("What happened before the storm?", Order("the storm", False)),
        ("What did Bruno do after the storm?", Order("the storm", True, doer="Bruno")),
        ("What happened to Bruno after the storm?", Order("the storm", True, whom="Bruno")),
        ("What happens first?", Order("", True)),
        ("What is the last thing that happens?", Order("", False)),
        ("What happens at the end of the story?", Order("", False)),
        ("Who helps Bruno after he swims?", Order("he swims", True, whole=False)),
        ("What did Ines do when the bell rang?", Order("the bell rang", True, "Ines", "", False)),
        ("How does the story end?", Order("", False)),
        ("how did it all begin", Order("", True)),
        ("What is the ending of this film?", Order("", False)),
        ("what's the beginning?", Order("", True)),
        ("What is the end of the rope?", None),
        ("How does Bruno end?", None),
        ("What happened to the fiddle?", None),
        ("What happens?", None),
        ("Who is Bruno?", None),
    ],
)
def test_what_a_question_says_of_time(question: str, expected: Order | None) -> None:
    assert asked_order(analyse(question)) == expected


@pytest.mark.parametrize(
    ("order", "anchor", "expected"),
    [
        (Order("Ines lit the lamp", True), 1, ["climbed the tower"]),
        (Order("Ines climbed the tower", True), 1, ["Bruno Mohr rowed to the island"]),
        (Order("a storm sank the boat", True), 3, ["Bruno swam to the rocks"]),
        (Order("the ship foundered", True), 3, ["Bruno swam to the rocks"]),  # in other words
        (Order("Ines heard the bell", True), 4, ["she threw a rope"]),
        (Order("Bruno swam to the rocks", False), 3, ["A storm sank the boat"]),
        (Order("Ines threw a rope", False), 4, None),
        (Order("Ines threw a rope", True, doer="Ines"), 4, ["Ines cooked some soup"]),
        (Order("Ines cooked soup", True), 6, ["Bruno slept until noon"]),  # "was calm": no event
        (Order("", True), 0, None),
        (Order("", False), 0, ["Bruno slept until noon"]),
        (Order("Bruno slept until noon", True), 8, []),
        (Order("Ines lit the lamp", False), 1, []),
    ],
)
def test_the_next_events(
    order: Order, anchor: int, expected: list[str] | None, index: StoryIndex, table: FactTable
) -> None:
    spans = events(order, anchor, index.parses, table)
    said = [STORY[s.start : s.end] for s in spans]
    for s in spans:
        assert any(p.start <= s.start < s.end <= p.end for p in index.passages)
    assert [s.start for s in spans] == sorted(s.start for s in spans)
    if expected is None:
        assert spans
    else:
        assert said == expected


def test_what_happens_is_found_by_the_words_of_the_event(
    index: StoryIndex, table: FactTable
) -> None:
    found = happening(
        analyse("What happened after Ines heard the bell?"),
        index,
        table,
        Retriever(index),
        LetterEncoder(),
    )
    assert [STORY[s.start : s.end] for s in found.events] == ["she threw a rope"]
    assert found.bonus[4] == 1.0
    assert 0.5 < found.confidence <= 0.85


def test_a_clause_of_time_lifts_the_passages_behind_it(index: StoryIndex, table: FactTable) -> None:
    found = happening(
        analyse("Who cooked after Ines heard the bell?"),
        index,
        table,
        Retriever(index),
        LetterEncoder(),
    )
    assert found.events == ()
    assert sorted(found.bonus) == [4, 5, 6, 7, 8]
    found = happening(
        analyse("Who rowed before Ines heard the bell?"),
        index,
        table,
        Retriever(index),
        LetterEncoder(),
    )
    assert sorted(found.bonus) == [0, 1, 2, 3, 4]


def test_other_questions_point_nowhere(index: StoryIndex, table: FactTable) -> None:
    found = happening(analyse("Who is Ines?"), index, table, Retriever(index), LetterEncoder())
    assert (found.events, dict(found.bonus)) == ((), {})


@pytest.mark.parametrize(
    ("question", "read", "answered", "short"),
    [
        # The next event as a reader has it, beside the one that rules found.
        ("What happened after Ines climbed the tower?", "rowed to the island",
         ["rowed to the island"], 0),
        ("What happened after Ines heard the bell?", "he lost his fiddle",
         ["she threw a rope", "he lost his fiddle"], 1),
        ("What happened before Ines cooked some soup?", "lost",
         ["Bruno was saved", "he lost his fiddle"], 1),  # one word alone: its clause
        # Somebody's deed: what others do is left out.
        ("What did Bruno do after Ines heard the bell?", "lost his fiddle",
         ["lost his fiddle"], 0),
        # Too far away, before instead of behind, nothing done, and only what is asked.
        ("What happened after Ines climbed the tower?", "Bruno slept until noon",
         ["Bruno Mohr rowed to the island"], 0),
        ("What happened after Ines heard the bell?", "A storm sank the boat",
         ["she threw a rope"], 0),
        ("What happened after Ines heard the bell?", "a rope", ["she threw a rope"], 0),
        ("What happened after Ines cooked some soup?", "Ines cooked",
         ["Bruno slept until noon"], 0),
        ("What happened after Ines heard the bell?", None, ["she threw a rope"], 0),
    ],
)  # fmt: skip
def test_a_readers_answer_that_stands_next_to_the_event_is_taken(
    question: str,
    read: str | None,
    answered: list[str],
    short: int,
    index: StoryIndex,
    table: FactTable,
) -> None:
    asked = analyse(question)
    happens = happening(asked, index, table, Retriever(index), LetterEncoder())
    reading = Reading((span(STORY, read),) if read else ())
    found = as_read(happens, asked, reading, retrieved(STORY), sure=False)
    assert [STORY[e.start : e.end] for e in found.events] == answered
    assert found.nearest == short


@pytest.mark.parametrize(
    ("question", "read", "rules_answer"),
    [
        ("What happened after Ines climbed the tower?", "Bruno slept until noon", False),
        ("What happened before Ines cooked some soup?", "lit the lamp", False),
        # On the wrong side of the event, nothing done, and next to the event.
        ("What happened after Ines heard the bell?", "A storm sank the boat", True),
        ("What happened before Ines heard the bell?", "Bruno slept until noon", True),
        ("What happened after Ines climbed the tower?", "until noon", True),
        ("What happened after Ines heard the bell?", "he lost his fiddle", True),
    ],
)
def test_a_sure_readers_answer_further_off_is_read_as_to_any_other_question(
    question: str, read: str, rules_answer: bool, index: StoryIndex, table: FactTable
) -> None:
    asked = analyse(question)
    happens = happening(asked, index, table, Retriever(index), LetterEncoder())
    found = as_read(happens, asked, Reading((span(STORY, read),)), retrieved(STORY), sure=True)
    assert happens.events
    assert bool(found.events) == rules_answer
