from __future__ import annotations

import pytest
from qa_texts import indexed, retrieved, span

from index.persist import StoryIndex
from qa.compose import compose, decline
from qa.conversation.mentions import Names, unmistakable
from qa.question import analyse

TEXT = """\
Mrs. Vane kept a lighthouse (on Gull Rock). She sold her boat because it leaked. Mr. Holt cried, \
“Hold the rope, she is going!” and he let himself down. He had "two good hands" left.

Pity moved Mrs. Vane to give him her coat. To spare her, Mr. Holt left by night. Mr. Osk met him \
at the
harbour. The storm took the mast; it was over. Osk's dog barked.
"""


@pytest.fixture(scope="module")
def index() -> StoryIndex:
    return indexed(TEXT)


def composed(
    index: StoryIndex, question: str, part: str, polarity: str | None = None
) -> tuple[str, str]:
    plain = unmistakable(question, Names.of(index.cast))
    return compose(analyse(question), span(TEXT, part), polarity, index, plain=plain)


@pytest.mark.parametrize(
    ("question", "part", "short", "sentence"),
    [
        ("What did she sell?", "a lighthouse", "a lighthouse", "A lighthouse."),
        ("Where was it?", "on Gull Rock", "on Gull Rock", "On Gull Rock."),
        ("Who came?", "Mr. Holt", "Mr. Holt", "Mr. Holt."),
        # Who: somebody, though the span has what is theirs.
        ("Who had a dog?", "Osk's", "Osk", "Osk."),
        ("Whose dog was it?", "Osk's", "Osk's", "Osk's."),
        # Why: a connective of the story's own, or "Because".
        ("Why did she sell it?", "because it leaked", "because it leaked", "Because it leaked."),
        ("Why did she sell it?", "it leaked", "it leaked", "Because it leaked."),
        ("Why?", "The storm took the mast", "The storm took the mast",
         "Because the storm took the mast."),
        ("Why?", "Pity moved Mrs. Vane", "Pity moved Mrs. Vane", "Because Pity moved Mrs. Vane."),
        ("Why did he go?", "To spare her", "To spare Mrs. Vane", "To spare Mrs. Vane."),
    ],
)  # fmt: skip
def test_a_sentence_by_the_type_of_the_question(
    index: StoryIndex, question: str, part: str, short: str, sentence: str
) -> None:
    assert composed(index, question, part) == (short, sentence)


@pytest.mark.parametrize("reason", ["on account of rot", "owing to rot", "thanks to rot"])
def test_a_reason_keeps_its_own_connective(reason: str) -> None:
    text = f"The boat sank {reason}."
    found = compose(analyse("Why did the boat sink?"), span(text, reason), None, indexed(text))
    assert found == (reason, f"{reason.capitalize()}.")


@pytest.mark.parametrize(("verdict", "word"), [("yes", "Yes"), ("no", "No")])
def test_yes_and_no_come_with_what_was_read(index: StoryIndex, verdict: str, word: str) -> None:
    assert composed(index, "Did she sell it?", "She sold her boat", verdict) == (
        verdict,
        f"{word}: Mrs. Vane sold her boat.",
    )


@pytest.mark.parametrize(
    ("part", "short"),
    [
        ("her boat", "Mrs. Vane's boat"),
        ("She sold her boat", "Mrs. Vane sold her boat"),  # the first names her
        ("Mrs. Vane to give him her coat", "Mrs. Vane to give Mr. Holt her coat"),
        ("he let himself down", "Mr. Holt let himself down"),
        ("himself", "himself"),
        ("Mr. Osk met him", "Mr. Osk met Mr. Holt"),  # another "Mr." does not name him
        ("it leaked", "it leaked"),
    ],
)
def test_pronouns_that_would_not_stand_alone_become_names(
    index: StoryIndex, part: str, short: str
) -> None:
    assert composed(index, "What happened?", part)[0] == short


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("What did Mrs. Vane sell?", "her boat"),
        ("What did Vane tell Mr. Osk that she sold?", "her boat"),  # he is no "she"
        ("What did Mr. Osk buy?", "Mrs. Vane's boat"),
        ("What did Mrs. Vane's mother sell?", "Mrs. Vane's boat"),
        ("What did the captain and Mrs. Vane sell?", "Mrs. Vane's boat"),  # may be a "she"
        ("What did she sell?", "Mrs. Vane's boat"),
    ],
)
def test_a_pronoun_stays_beside_a_question_that_names_only_whom_it_means(
    index: StoryIndex, question: str, short: str
) -> None:
    assert composed(index, question, "her boat")[0] == short


@pytest.mark.parametrize(
    ("part", "short"),
    [
        ("lighthouse (on Gull", "lighthouse on Gull"),
        ("on Gull Rock)", "on Gull Rock"),
        ("(on Gull Rock)", "(on Gull Rock)"),
        ("“Hold the rope", "Hold the rope"),
        ("Hold the rope, she is going!”", "Hold the rope, she is going!"),
        ("“Hold the rope, she is going!”", "“Hold the rope, she is going!”"),
        ('"two good', "two good"),
        ('"two good hands"', '"two good hands"'),
        (" took the mast; ", "took the mast"),
        ("at the\nharbour", "at the harbour"),
    ],
)
def test_what_the_span_cut_off_does_not_show(index: StoryIndex, part: str, short: str) -> None:
    assert composed(index, "What?", part)[0] == short


@pytest.mark.parametrize(
    ("part", "end"),
    [("it was over.", "over."), ("it was over", "over."), ("she is going!", "going!")],
)
def test_a_sentence_ends_once(index: StoryIndex, part: str, end: str) -> None:
    assert composed(index, "What?", part)[1].endswith(end)
    assert not composed(index, "What?", part)[1].endswith(end + ".")


def test_declining_says_what_comes_nearest_on_one_line() -> None:
    found = retrieved("It rained on\nthe harbour. Nobody came.")
    assert decline(found) == (
        "The story does not say. The nearest it comes: “It rained on the harbour.”"
    )


def test_declining_where_nothing_was_found() -> None:
    assert decline([]) == "The story does not say."
