from __future__ import annotations

import pytest

from index.cast import Cast, Character
from qa.conversation import standalone
from qa.records import Turn

CAST = Cast(
    characters=(
        Character("Sera Quill", ("Quill", "Sera", "Sera Quill"), "f"),
        Character("Benno Ruud", ("Benno", "Benno Ruud"), "m"),
        Character("Osk", ("Osk",), "m"),
        Character("Vesper", ("Vesper",), ""),
        Character("Mirel", ("Mirel",), "f"),
    ),
    mentions=(),
)


def asked_after(question: str, *turns: tuple[str, str]) -> str | None:
    return standalone(question, [Turn(*turn) for turn in turns], CAST)


SERA = ("Who drove the cart?", "Sera Quill.")
BENNO = ("What did Benno sell?", "Two old mules.")


@pytest.mark.parametrize(
    ("turn", "question", "rewritten"),
    [
        (SERA, "Why did she leave?", "Why did Sera Quill leave?"),
        (SERA, "Who followed her?", "Who followed Sera Quill?"),
        (BENNO, "Where did he live?", "Where did Benno Ruud live?"),
        (BENNO, "Who hit him?", "Who hit Benno Ruud?"),
        (BENNO, "why did HE leave", "why did Benno Ruud leave"),
        (BENNO, "Where's he now, and what's he doing?",
         "Where's Benno Ruud now, and what's Benno Ruud doing?"),
        (BENNO, "Did he hurt himself?", "Did Benno Ruud hurt himself?"),
        # Owning.
        (BENNO, "What was his cart called?", "What was Benno Ruud's cart called?"),
        (BENNO, "Was the cart his?", "Was the cart Benno Ruud's?"),
        (SERA, "Was the cart hers?", "Was the cart Sera Quill's?"),
        (SERA, "What did her brother do?", "What did Sera Quill's brother do?"),
        (SERA, "Did she sell her boat?", "Did Sera Quill sell Sera Quill's boat?"),
        (SERA, "How did her mother's death change her?",
         "How did Sera Quill's mother's death change Sera Quill?"),
        # "her" as an object, whatever stands behind it.
        (SERA, "Who told her to go?", "Who told Sera Quill to go?"),
        (SERA, "Who gave her a lantern?", "Who gave Sera Quill a lantern?"),
        (SERA, "Who saw her yesterday?", "Who saw Sera Quill yesterday?"),
        (SERA, "What made her leave?", "What made Sera Quill leave?"),
        (SERA, "Why did they call her mad?", "Why did they call Sera Quill mad?"),
    ],
)  # fmt: skip
def test_a_pronoun_that_can_only_mean_one(
    turn: tuple[str, str], question: str, rewritten: str
) -> None:
    assert asked_after(question, turn) == rewritten


def test_the_latest_turn_that_names_anybody_counts() -> None:
    rain = ("Did it rain?", "Yes: it rained all day.")
    assert asked_after("Was he old?", ("Who is Osk?", "A smith."), BENNO, rain) == (
        "Was Benno Ruud old?"
    )


def test_a_turns_question_counts_before_its_answer() -> None:
    turn = ("Who is Benno?", "A friend of Osk.")
    assert asked_after("Was he old?", turn) == "Was Benno Ruud old?"


def test_gender_rules_out_the_other() -> None:
    both = ("Did Sera love Osk?", "Yes: she did.")
    assert asked_after("Was he old?", both) == "Was Osk old?"
    assert asked_after("Was she old?", both) == "Was Sera Quill old?"


def test_a_character_of_unknown_gender_is_meant_where_alone() -> None:
    assert asked_after("Was she old?", ("Who is Vesper?", "A smith.")) == "Was Vesper old?"


@pytest.mark.parametrize(
    ("question", "turns"),
    [
        ("Was he old?", [("Did Benno meet Osk?", "Yes: they met.")]),  # either
        ("Was she old?", [("Who met Sera?", "Mirel."), ("Did Sera meet Mirel?", "Yes.")]),
        ("Was he old?", [SERA]),  # nobody that fits
        ("Was he old?", [("Did it rain?", "Yes.")]),
        ("Why did Osk hate him?", [BENNO]),  # the question has a name
        ("Did sera quill love him?", [BENNO]),
        ("Did he love her?", [("Did Sera love Osk?", "Yes.")]),  # two genders
        ("What did he do to him?", [BENNO]),  # two people
        ("Did she help her?", [SERA]),
        ("Did it burn?", [BENNO]),  # no pronoun of a person
        ("Why did they leave?", [BENNO]),
        ("What is the history of Shebna?", [SERA]),  # no pronoun as a word
        ("Was he old?", []),
    ],
)
def test_what_is_left_as_it_was_asked(question: str, turns: list[tuple[str, str]]) -> None:
    assert asked_after(question, *turns) is None
