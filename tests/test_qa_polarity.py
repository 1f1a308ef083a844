from __future__ import annotations

import subprocess
import sys

import pytest
from qa_texts import retrieved, span

from index.coreference import story_cast
from qa.facts.claim import claimed
from qa.facts.polarity import Ruling, ruled, settled
from qa.facts.premise import found
from qa.facts.support import POSSIBLE, SURE
from qa.facts.table import FactTable
from qa.question import analyse
from qa.records import Reading


def ruling(question: str, text: str, part: str | None = None) -> Ruling:
    passages = retrieved(text)
    parses = [list(p.tokens) for p in passages]
    table = FactTable(parses, story_cast(parses))
    asked = analyse(question)
    claim = claimed(asked, table)
    reading = Reading((span(text, part or text),))
    return ruled(asked, claim, found(claim, table), reading, passages, table)


def verdict(question: str, text: str, part: str | None = None) -> str | None:
    return ruling(question, text, part).verdict


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vera sold the boat.", "yes"),
        ("The boat was sold by Vera.", "yes"),
        ("The boat was sold.", None),  # by whom?
        ("Vera did not sell the boat.", "no"),
        ("Vera didn't sell the boat.", "no"),
        ("Vera never sold the boat.", "no"),
        ("Vera refused to sell the boat.", "no"),
        ("Vera did not refuse to sell the boat.", "yes"),
        ("Nobody sold the boat.", "no"),
        ("Hugo sold the boat.", None),  # who is Vera?
    ],
)
def test_what_the_evidence_says(text: str, expected: str | None) -> None:
    assert verdict("Did Vera sell the boat?", text) == expected


@pytest.mark.parametrize(
    ("question", "sold", "kept"),
    [
        ("Did Vera not sell the boat?", "no", "yes"),
        ("Is it true that Vera didn't sell the boat?", "no", "yes"),
        # Here "n't" only shows what is expected: the answer is that to "Did Vera sell the boat?"
        ("Didn't Vera sell the boat?", "yes", "no"),
        ("Didn’t Vera sell the boat?", "yes", "no"),
        ("Vera sold the boat, didn't she?", "yes", "no"),
    ],
)
def test_a_negated_question(question: str, sold: str, kept: str) -> None:
    assert verdict(question, "Vera sold the boat.") == sold
    assert verdict(question, "Vera did not sell the boat.") == kept


def test_only_the_clauses_of_the_evidence_count() -> None:
    text = "Vera wept because nobody came, but she sold the boat."
    assert verdict("Did Vera sell the boat?", text, "she sold the boat") == "yes"
    assert verdict("Did anybody come?", text, "nobody came") == "no"


def test_a_negation_outside_the_span_but_in_its_clause_counts() -> None:
    assert verdict("Did Vera sell the boat?", "Vera did not sell the boat.", "sell the boat") == (
        "no"
    )


def test_where_a_reader_finds_the_place_its_clause_is_the_evidence() -> None:
    text = "Vera Holm met Hugo Brandt. Vera never learnt of the letter of her aunt."
    found = ruling("Did Vera ever find out about the letter her aunt wrote?", text, "her aunt")
    assert found.verdict == "no"
    assert found.evidence is not None
    said = text[found.evidence.start : found.evidence.end]
    assert said == "Vera never learnt of the letter of her aunt"


def test_what_somebody_has_to_do_is_asked_like_what_they_do() -> None:
    text = "Vera Holm met Hugo Brandt. Vera did not pay the rent."
    assert verdict("Did Vera have to pay the rent?", text, "the rent") == "no"


def test_a_pronoun_stands_for_its_name() -> None:
    text = "Vera Holm sold the boat. She wept."
    assert verdict("Did Vera weep?", text, "She wept") == "yes"
    assert verdict("Did Hugo weep?", f"{text} Hugo Brandt slept.", "She wept") is None


def test_a_clause_with_verb_and_roles_is_the_evidence_whatever_was_read() -> None:
    text = "Vera Holm wept. Vera Holm sold the boat. Hugo Brandt wept."
    found = ruling("Did Hugo sell the boat?", text, "Hugo Brandt wept")
    assert found.evidence is not None
    assert text[found.evidence.start : found.evidence.end] == "Vera Holm sold the boat"
    assert (found.verdict, found.level, found.contrast) == ("no", SURE, True)


@pytest.mark.parametrize(
    ("question", "part", "expected"),
    [
        ("Did Vera row in the dark?", "Vera Holm rowed over the lake", "yes"),  # in part
        ("Did Vera drown in the lake?", "Vera Holm rowed over the lake", None),  # another deed
        ("Did Vera drown in the lake?", "Hugo Brandt slept by the lake", None),  # another's doing
        ("Did Vera fly a kite?", "Vera Holm rowed over the lake", None),  # nothing of what is asked
    ],
)
def test_what_a_reader_found_must_be_about_what_is_asked(
    question: str, part: str, expected: str | None
) -> None:
    text = "Vera Holm rowed over the lake. Hugo Brandt slept by the lake."
    found = ruling(question, text, part)
    assert (found.verdict, found.level) == (expected, 0.0)
    assert (found.evidence is None) == (expected is None)


@pytest.mark.parametrize(
    ("question", "part", "expected"),
    [
        ("Does Vera get any money from the lodger?", "no rent", "no"),
        ("Does Vera get no money from the lodger?", "no rent", None),  # denied as well
        ("Does Vera like the lodger?", "which vexed Vera", None),  # another clause is denied
        ("Does Hugo get any money from the lodger?", "no rent", None),  # nobody speaks of him there
    ],
)
def test_evidence_that_is_denied_says_no_in_whatever_words(
    question: str, part: str, expected: str | None
) -> None:
    text = "Vera Holm met Hugo Brandt. Vera said that the lodger paid no rent, which vexed Vera."
    found = ruling(question, text, part)
    assert found.verdict == expected
    assert found.level == (POSSIBLE if expected else 0.0)


def test_how_probable_the_answer_is() -> None:
    assert settled(Ruling(), 0.9, 0.4) == pytest.approx(0.36)  # declined
    assert settled(Ruling("yes"), 0.6, 0.4) == 0.6
    assert settled(Ruling("yes", level=SURE), 0.1, 0.4) == 0.85
    assert settled(Ruling("no", level=SURE), 0.95, 0.4) == 0.95


def test_no_language_model_is_loaded_to_understand_a_question() -> None:
    code = (
        "import sys; import qa.facts.polarity, qa.facts.claim, qa.facts.premise, qa.facts.events; "
        "assert not {'spacy', 'torch'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
