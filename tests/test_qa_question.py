from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QuestionError
from qa.question import MAX_CHARS, Question, QuestionType, analyse

TYPES = {
    "who": """
        Who opened the gate? | Whom did Ada call? | Whose boat sank? | Who's there? | Who did it?
        Who is killing the sheep? | Who was arrested? | Who is responsible for the fire?
        Who was the first to leave? | Who was it that rang? | Who is in the boat? | Who else came?
        To whom did she write? | With whom did Ada leave? | Candy was eaten by whom? | WHO LEFT?
        When Ada left, who wept? | Can you tell me who rang? | Do you know who stole the boat?
        """,
    "who-is": """
        Who is Ada? | Who was Ada Finch? | Who's Ada? | Who are the Finches? | Who exactly is Ada?
        Who is the captain's wife? | Who is Fred? | Who is King Harald? | Who was Ahmed?
        Who is In-su? | Who were Ada's parents?
        """,
    "what": """
        What did Ada do? | What happens at the end? | What is the boat called? | Tell me about Ada.
        What do they eat when it rains? | When Ada left, what did Bo do? | Isle of Wight?
        Where the road ends, what stands? | Whatever happened?
        """,
    "when": """
        When did she leave? | What time did she leave? | What year was it? | When's the feast?
        At what time did the bell ring? | On what day did she come? | When?
        """,
    "where": """
        Where did they meet? | Where was Ada when the bell rang? | What place did they leave?
        In which village does she live? | From where did he come? | The captain went where?
        Do you know where she was when it rang?
        """,
    "why": """
        Why did he leave? | How come he left? | What made him leave? | What led to the quarrel?
        What was the reason for the quarrel? | What's the cause of the fire? | What for?
        What reason did he give? | For what purpose did he come? | What caused the fire?
        Why, when he left, did she weep? | Could you please explain why he left?
        """,
    "how": "How did he leave? | How does the story end? | What way did he go? | How's it end?",
    "how-many": """
        How many men came? | How much did it cost? | How long did they stay? | How old is Ada?
        How often does he come? | How far is it? | What number was on the door?
        """,
    "which": "Which gate was open? | Which of the gates was open? | Which is bigger?",
    "yes-no": """
        Did Ada leave? | Didn't Ada leave? | Is Ada a baker? | Can't he swim? | Won’t she come?
        Has the mill burnt? | Was it late when Ada came? | After the storm, did Ada leave?
        When Ada left, did Bo weep? | Ada is a baker, isn't she? | Do you know if she left?
        """,
}
ASKED = [
    (kind, question.strip())
    for kind, questions in TYPES.items()
    for line in questions.split("\n")
    for question in line.split("|")
    if question.strip()
]


@pytest.mark.parametrize(("kind", "question"), ASKED)
def test_type_of_a_question(kind: str, question: str) -> None:
    assert analyse(question).type is QuestionType(kind)


def test_every_type_is_in_the_table() -> None:
    assert TYPES.keys() == set(QuestionType)


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("What colour is the gate?", "colour"),
        ("What kind of boat did he own?", "boat"),
        ("What is the boat called?", ""),
        ("What did she do?", ""),
        ("What else did he buy?", ""),
        ("What happens next?", ""),
        ("What the hell happened?", ""),
        ("Which Gate was open?", "gate"),
        ("Which of the gates was open?", "gates"),
        ("Which one of the brothers came?", "brothers"),
        ("Which one did he buy?", ""),
        ("Which did he buy?", ""),
        ("Which is bigger?", ""),
        ("Which of them came?", ""),
        ("Which village did they leave?", "village"),
        ("How many men came?", "men"),
        ("How many of the men came?", "men"),
        ("How many of them came?", ""),
        ("How many were there?", ""),
        ("How much did it cost?", ""),
        ("How long did they stay?", ""),
        ("After the feast, what song did she sing?", "song"),
        ("Who came?", ""),
    ],
)
def test_focus_is_what_an_answer_should_be_one_of(question: str, focus: str) -> None:
    assert analyse(question).focus == focus


def test_text_is_put_on_one_line_and_composed() -> None:
    assert analyse("  who\topened\r\n the cafe\u0301?\u00a0") == Question(
        "who opened the café?", QuestionType.WHO
    )


@pytest.mark.parametrize("text", ["", " ", "\n\t\u3000\u2028"])
def test_an_empty_question_is_refused(text: str) -> None:
    with pytest.raises(QuestionError, match=r"^the question is empty; ask something about"):
        analyse(text)


@pytest.mark.parametrize("text", ["?", "...", "¿ — ?", "\U0001f600"])
def test_a_question_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(
        QuestionError, match=r"^the question .* has no word; ask something in words"
    ):
        analyse(text)


def test_a_question_that_is_too_long_is_refused() -> None:
    with pytest.raises(QuestionError, match=r"has 1,001 characters, more than 1,000: .*…; ask"):
        analyse("x" * (MAX_CHARS + 1))
    assert len(analyse("x" * MAX_CHARS + "   ").text) == MAX_CHARS


@given(st.text(st.characters(), max_size=80))
def test_any_text_is_a_question_or_a_question_error(text: str) -> None:
    try:
        question = analyse(text)
    except QuestionError:
        return
    assert question.text == " ".join(question.text.split()) != ""
    assert question.focus == question.focus.lower()
    assert analyse(question.text) == question
