"""Questions for more, and questions that lean on what a conversation was announced to be about."""

from __future__ import annotations

import pytest

from index.cast import Cast, Character
from qa.conversation.mentions import Names
from qa.conversation.understanding import Understood, understand
from qa.records import Turn

CAST = Cast(
    characters=(
        Character("Sera Quill", ("Quill", "Sera", "Sera Quill"), "f"),
        Character("Benno Ruud", ("Benno", "Benno Ruud"), "m"),
        Character("Osk", ("Osk",), "m"),
        Character("Mirel", ("Mirel",), "f"),
    ),
    mentions=(),
)
NAMES = Names.of(CAST)
BENNO = ("What did Benno sell?", "Two old mules.")


def after(question: str, *turns: tuple[str, str]) -> Understood:
    return understand(question, [Turn(*turn) for turn in turns], NAMES)


@pytest.mark.parametrize(
    ("turn", "question", "rewritten"),
    [
        (BENNO, "What else did he sell?", "Besides two old mules, what else did Benno sell?"),
        (BENNO, "Did he sell anything else?",
         "Besides two old mules, did Benno sell anything else?"),
        (("Who saw the fire?", "Osk."), "did anyone else see the fire?",
         "besides Osk, did anyone else see the fire?"),
        # What a clause tells of the one who is asked about; of another, with his name.
        (("What did Benno do?", "In spring, he set fire to the hay, and then he ran."),
         "What else did he do?", "Besides setting fire to the hay, what else did Benno do?"),
        (("How did it end?", "Osk was chosen as the new mayor."), "Is anything else told?",
         "Besides Osk being chosen as the new mayor, is anything else told?"),
        (("What did Benno do?", 'He wrote "The Salt Road", a song.'), "What else did he do?",
         'Besides writing "The Salt Road", what else did Benno do?'),
        (("Did Osk have any brothers?", "Yes."), "Any sisters?", "Did Osk have any sisters?"),
        (("Has Mirel any friends?", "Osk."), "Any other friends?",
         "Besides Osk, has Mirel any other friends?"),
    ],
)  # fmt: skip
def test_a_question_for_more_says_what_is_known(
    turn: tuple[str, str], question: str, rewritten: str
) -> None:
    assert after(question, turn).text == rewritten


def test_what_is_known_already_does_not_stand_in_the_way_of_the_next_question() -> None:
    turns = [BENNO, ("What else did he sell?", "A cart.")]
    assert after("Why?", *turns).text == "Why did Benno sell a cart?"
    assert after("Who bought it?", *turns).text == "Who bought the cart?"


LARKS = ("The Larks (band)", "Early years")
VALE = ("Orrin Vale", "Travels")


@pytest.mark.parametrize(
    ("turn", "question", "rewritten"),
    [
        (LARKS, "When did they form?", "When did the Larks form?"),
        (LARKS, "What was the band's first song?", "What was the Larks' first song?"),
        (LARKS, "Who were the first members?", "Who were the first members of the Larks?"),
        (VALE, "What happened in 1850?", "What happened to Orrin Vale in 1850?"),
        (VALE, "What is one of the legends?", "What is one of the legends of Orrin Vale?"),
        (VALE, "Any brothers?", "Did Orrin Vale have any brothers?"),
        (("Slate (song)", "Words"), "Who wrote the song?", "Who wrote the song Slate?"),
        (("Sera Quill", ""), "What happened in the barn?",
         "What happened to Sera Quill in the barn?"),
    ],
)  # fmt: skip
def test_what_is_announced_is_what_later_questions_lean_on(
    turn: tuple[str, str], question: str, rewritten: str
) -> None:
    assert after(question, turn).text == rewritten


@pytest.mark.parametrize(
    ("turn", "question"),
    [
        (VALE, "Where was Vale born?"),  # a part of the name is enough
        (VALE, "where was orrin born?"),
        (LARKS, "What was the tour?"),
        (VALE, "Who was the killer?"),  # not "of Orrin Vale"
        (VALE, "What happened to the mill?"),
        (LARKS, "Who was Osk?"),
        (("Characters", ""), "What happened in the barn?"),
        (("The killer's name", ""), "What happened in the barn?"),
        (("Explain the end.", ""), "What happened in the barn?"),
        (("Sera Quill", ""), "Where did Sera live?"),
    ],
)
def test_what_does_not_lean_on_what_is_announced_is_left(
    turn: tuple[str, str], question: str
) -> None:
    assert after(question, turn) == Understood(None)


def test_a_section_of_what_is_announced_is_not_the_one_who_was_born() -> None:
    assert after("When was he born?", ("Orrin Vale", "Iron League")).text == (
        "When was Orrin Vale born?"
    )


def test_they_are_the_two_who_were_named_together() -> None:
    turns = [VALE, ("What group was it?", "Vale and the Sons of Hask")]
    asked = after("When did they part?", *turns).text
    assert asked == "When did Vale and the Sons of Hask part?"
    known = [*turns, ("When did they part?", "In 1870.")]
    assert after("Why?", *known).text == "Why did Vale and the Sons of Hask part in 1870?"
