"""Facts of a story, claims of a question, and how the two compare."""

from __future__ import annotations

import pytest

from index.coreference import story_cast
from index.passages import split
from index.stories import make_story
from qa.facts.claim import claimed
from qa.facts.premise import Finding, found
from qa.facts.table import Fact, FactTable
from qa.question import analyse

STORY = (
    "Vera Holm, the ferryman's daughter, lived in Aske with her brother, Otto Holm. "
    "In May a smuggler hired Doctor Hugo Brandt. "
    "Hugo was poisoned by Vera. "
    "Vera sold the boat to a miller. "
    "She did not sell the house. "
    "Otto refused to burn the letters. "
    "Otto wanted to marry Berta Lind. "
    "Berta claimed that Hugo had stolen the silver. "
    "Hugo is the mayor of Aske. "
    "Two sailors robbed Otto. "
    "Vera managed to open the gate. "
    "Nobody mended the roof."
)


@pytest.fixture(scope="module")
def table() -> FactTable:
    _, parses = split(make_story("aske", STORY))
    return FactTable(parses, story_cast(parses))


def finding(question: str, table: FactTable) -> Finding:
    return found(claimed(analyse(question), table), table)


def told(found: Finding) -> str | None:
    return STORY[found.fact.start : found.fact.end] if found.fact else None


def fact_of(table: FactTable, verb: str) -> Fact:
    (fact,) = table.of(verb)
    return fact


def names(table: FactTable, fact: Fact, role: str) -> set[str]:
    numbers = {n for p in getattr(fact, role) for n in p.characters}
    return {table.known.cast.characters[n].name for n in numbers}


def test_a_passive_is_turned_round(table: FactTable) -> None:
    fact = fact_of(table, "poison")
    assert names(table, fact, "agents") == {"Vera Holm"}
    assert {n.split()[-1] for n in names(table, fact, "patients")} == {"Brandt"}
    assert fact.certain
    assert not fact.negated


@pytest.mark.parametrize(
    ("verb", "negated", "certain"),
    [
        ("poison", False, True),
        ("burn", True, True),  # refused to
        ("marri", False, False),  # wanted to
        ("steal", False, False),  # claimed that
        ("open", False, True),  # managed to
        ("repair", True, True),  # nobody did
    ],
)
def test_what_is_told_as_a_fact(verb: str, negated: bool, certain: bool, table: FactTable) -> None:
    fact = fact_of(table, verb)
    assert (fact.negated, fact.certain) == (negated, certain)


@pytest.mark.parametrize(
    ("question", "evidence"),
    [
        ("Did Vera poison Hugo?", "Hugo was poisoned by Vera"),
        ("Was Hugo poisoned by Vera?", "Hugo was poisoned by Vera"),
        ("Was Hugo poisoned?", "Hugo was poisoned by Vera"),
        ("did vera holm poison hugo brandt", "Hugo was poisoned by Vera"),
        ("Did Vera sell the boat to a miller?", "Vera sold the boat to a miller"),
        ("Didn't Vera sell the boat?", "Vera sold the boat to a miller"),
        ("Did Vera open the gate?", "Vera managed to open the gate"),
        ("Was Otto robbed by two sailors?", "Two sailors robbed Otto"),
        ("Was it Vera who poisoned Hugo?", "Hugo was poisoned by Vera"),
        ("Did Otto not burn the letters?", "Otto refused to burn the letters"),
    ],
)
def test_yes_where_verb_and_roles_agree(question: str, evidence: str, table: FactTable) -> None:
    result = finding(question, table)
    assert (result.verdict, told(result), result.premise) == ("yes", evidence, 1.0)
    assert not result.contrast


@pytest.mark.parametrize(
    ("question", "evidence"),
    [
        ("Did Vera sell the house?", "She did not sell the house"),
        ("Did Otto burn the letters?", "Otto refused to burn the letters"),
        ("Did Vera not poison Hugo?", "Hugo was poisoned by Vera"),
    ],
)
def test_no_where_one_is_negated(question: str, evidence: str, table: FactTable) -> None:
    result = finding(question, table)
    assert (result.verdict, told(result), result.contrast) == ("no", evidence, False)


@pytest.mark.parametrize(
    ("question", "evidence"),
    [
        ("Did Otto poison Hugo?", "Hugo was poisoned by Vera"),
        ("Did Hugo poison Vera?", "Hugo was poisoned by Vera"),  # roles changed round
        ("Did Berta sell the boat?", "Vera sold the boat to a miller"),
        ("Did Vera rob Otto?", "Two sailors robbed Otto"),
    ],
)
def test_no_where_somebody_else_did_it(question: str, evidence: str, table: FactTable) -> None:
    result = finding(question, table)
    assert (result.verdict, told(result), result.contrast) == ("no", evidence, True)
    assert result.premise == 0.0


@pytest.mark.parametrize(
    "question",
    [
        "Did Otto marry Berta?",  # wanted to
        "Did Hugo steal the silver?",  # so Berta says
        "Did Vera sell the boat to a baker?",  # to another
        "Did Vera poison Otto?",  # she may have, too
        "Did a stranger poison Hugo?",  # Vera may be the stranger
        "Did Vera swim?",
        "Is it cold?",
        "Did?",
        "Is Vera?",
    ],
)
def test_open_where_no_clause_decides(question: str, table: FactTable) -> None:
    assert finding(question, table).verdict is None


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Is Hugo the mayor?", "yes"),
        ("Is Vera the mayor?", "no"),
        ("Is Otto Vera's brother?", "yes"),
        ("Is Vera a mayor?", None),  # there may be two
        ("Is Hugo a smith?", None),
    ],
)
def test_what_somebody_is(question: str, verdict: str | None, table: FactTable) -> None:
    assert finding(question, table).verdict == verdict


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Did Ada die?", "yes"),
        ("Did Ada survive?", "no"),
        ("Was Ada murdered?", "yes"),
        ("Did Bruno kill Ada?", "yes"),
        ("Did Ada kill Bruno?", "no"),
        ("Did Clara agree to pay?", "no"),
    ],
)
def test_verbs_that_say_the_same_or_the_opposite(question: str, verdict: str) -> None:
    _, parses = split(
        make_story("x", "Bruno Falk slew Ada Lund in the mill. Clara Moss refused to pay.")
    )
    table = FactTable(parses, story_cast(parses))
    assert finding(question, table).verdict == verdict


def test_premises_are_graded(table: FactTable) -> None:
    grades = [
        finding(question, table).premise
        for question in (
            "Why did Vera poison Hugo?",
            "Why did Otto poison Hugo?",
            "Why did Vera sell her horse?",
            "Why did Otto sell the horse?",
            "Where did Vera swim?",
            "Who is Hugo?",
        )
    ]
    assert grades == [1.0, 0.0, 0.6, 0.2, 0.4, 0.5]


@pytest.mark.parametrize(
    ("question", "sent"),
    [
        ("Why did Vera rob Otto?", True),
        ("Why did Berta rob Otto?", False),
        ("Why did Vera rob Hugo?", False),
        ("Why did Vera hide the silver?", False),  # her brother is not one to be sent
        ("Why did Vera burn Otto?", False),
    ],
)
def test_what_ones_men_do_one_is_said_to_do(question: str, sent: bool) -> None:
    story = (
        "Vera Holm lived in Aske with Otto Holm, Berta Lind and Hugo Brandt. "
        "Vera's men robbed Otto in May. Vera's brother hid the silver. "
        "Vera's men did not burn Otto."
    )
    _, parses = split(make_story("aske", story))
    table = FactTable(parses, story_cast(parses))
    assert (finding(question, table).premise == 0.9) == sent


@pytest.mark.parametrize(
    ("question", "agent", "patient"),
    [
        ("Who poisoned Hugo?", True, False),
        ("Who was poisoned by Vera?", False, True),
        ("What did Vera sell?", False, True),
        ("Which boat did Vera sell?", False, True),
    ],
)
def test_what_is_asked_for_is_open(
    question: str, agent: bool, patient: bool, table: FactTable
) -> None:
    claim = claimed(analyse(question), table)
    assert claim is not None
    assert claim.agent is not None
    assert claim.patient is not None
    assert (claim.agent.open, claim.patient.open) == (agent, patient)


@pytest.mark.parametrize(
    "question",
    ["Why?", "Who's there?", "Did did did?", "Is it of of of?", "What 's 's", "did " * 200],
)
def test_odd_questions_are_no_trouble(question: str, table: FactTable) -> None:
    assert 0.0 <= finding(question, table).premise <= 1.0
