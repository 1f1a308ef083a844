from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.errors import StoryError
from index.passages import MAX_TOKENS, paragraphs, split
from index.records import Passage, Story, Token
from index.stories import make_story

WORDS = st.sampled_from(
    """the a she Anna Berg-Lund Jr. Mr. Dr. St. U.S. e.g. i.e. a.m. etc. No. J. R. said don't it's
    well-known co-op café naïve cafe\u0301 नमस्ते 東京都 שלום مرحبا Ελλάδα мир 42 3.14 1,000 $5 50%
    http://a.example/b?c=d x@y.example :) \U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467
    \u200b \ufeff ' n't -- --- _under_ *star* [1] (she) "yes" “no” ‘so’ «là»""".split()
)
ENDS = st.sampled_from([".", "!", "?", "…", "...", "?!", '."', ".”", "!’", ",", ";", ":", "—", ""])
SPACES = st.sampled_from(
    [
        " ",
        "  ",
        "\t",
        "\n",
        "\n\n",
        "\r\n",
        "\r\n\r\n",
        "\r",
        " \n ",
        "\u00a0",
        "\u2028",
        "\u3000",
        "",
    ]
)
LONG = st.integers(900, 30_000).map(lambda n: "x" * n)
TEXTS = st.lists(
    st.tuples(st.one_of(WORDS, WORDS, WORDS, st.text(max_size=6)), ENDS, SPACES).map("".join)
    | st.tuples(WORDS, st.just(" ")).map("".join),
    max_size=40,
).map("".join)


def check(story: Story, passages: list[Passage], parses: list[list[Token]]) -> None:
    """Assert everything that passages and their parses promise about offsets."""
    assert len(passages) == len(parses)
    covered = 0
    for row, (passage, tokens) in enumerate(zip(passages, parses, strict=True)):
        assert passage.passage_id == row
        assert passage.story_id == story.story_id
        assert story.text[passage.start : passage.end] == passage.text
        assert passage.text.strip() == passage.text != ""
        assert not story.text[covered : passage.start].strip(), "a gap between passages"
        assert covered <= passage.start < passage.end
        covered = passage.end
        place = passage.start
        assert 0 < len(tokens) <= MAX_TOKENS
        assert (tokens[0].start, tokens[-1].end) == (passage.start, passage.end)
        for token in tokens:
            assert story.text[token.start : token.end] == token.text
            assert not story.text[place : token.start].strip(), "a gap between tokens"
            assert place <= token.start < token.end
            assert 0 <= token.head < len(tokens)
            # What walks up the tree ends at a root, also in a sentence that was cut.
            assert token.dep == "ROOT" or tokens[token.head] is not token
            place = token.end
    assert not story.text[covered:].strip(), "the end is missing"


@settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(TEXTS)
@example("A. " * 400)
@example("no end")
@example("“Who?” she asked. Who? Why?")
@example("誰 ですか。")
@example("word" + " " * 50_000 + "word.")
@example("\n" * 10_000 + "Late start.")
def test_offsets_are_exact_and_nothing_is_lost(text: str) -> None:
    try:
        story = make_story("generated", text)
    except StoryError:
        return  # blank, or with control characters: not a story
    check(story, *split(story))


@settings(max_examples=5, deadline=None, derandomize=True)
@given(LONG, WORDS)
def test_very_long_words(long: str, word: str) -> None:
    story = make_story("generated", f"Before. {long} {word} after.")
    passages, parses = split(story)
    check(story, passages, parses)


def test_white_space_without_end_takes_no_time() -> None:
    text = "A" + " \t" * 500_000 + "B." + "\n \t" * 200_000 + "C."
    start = time.perf_counter()
    assert [text[a:b][0] + text[a:b][-1] for a, b in paragraphs(text)] == ["AA", "B.", "C."]
    assert time.perf_counter() - start < 5


def sentences(text: str) -> list[str]:
    story = make_story("s", text)
    passages, parses = split(story)
    check(story, passages, parses)
    return [passage.text for passage in passages]


@pytest.mark.parametrize(
    "expected",
    [
        # A name's suffix ends no sentence, a capital behind a full stop begins one.
        ["He met Osk Jr. and left with him.", "Osk Sr. stayed."],
        ["Dr. Ines Pell and Mrs. Oduya waited.", "Nobody came."],
        ["J. R. Vance signed it.", "Then he slept."],
        ["She lived at 5 St. Anne Road.", "It was small."],
        ["He came at 6 a.m. and slept.", "She did not."],
        ["It cost 3.50 crowns.", "He paid."],
        # Dialogue: the speaker belongs to what is said.
        ["“Stop!” cried Ines.", "She ran."],
        ['"Who is there?" asked the guard.', "Nobody answered."],
        ["“Come in,” she said.", "“It is cold.”"],
        ["'Is it far?' he asked.", "'Not far.'"],
        # Dashes and ellipses within a sentence.
        ["She waited — it was late — and left.", "Rain fell."],
        ["He thought … and thought.", "Then he knew."],
        ["Well... maybe not.", "She smiled."],
        ["He lied--and she knew.", "He wept."],
        # Brackets.
        ["They fled (all of them).", "It was over."],
        ["He nodded. (He was afraid.)", "She saw it."],
    ],
)
def test_where_sentences_end(expected: list[str]) -> None:
    found = sentences(" ".join(expected))
    if expected[0].startswith("He nodded."):
        expected = ["He nodded.", "(He was afraid.)", "She saw it."]
    assert found == expected


def test_last_line_needs_no_newline() -> None:
    assert sentences("One came.\nTwo went") == ["One came.", "Two went"]


def test_wrapped_lines_are_one_sentence() -> None:
    text = "The long road led\nover the hills and\r\ndown to the sea. It\nrained."
    assert sentences(text) == [
        "The long road led\nover the hills and\r\ndown to the sea.",
        "It\nrained.",
    ]


def test_heading_is_a_passage_of_its_own() -> None:
    assert sentences("Chapter One\n\nIt began. All slept.\n\n\nThe End") == [
        "Chapter One",
        "It began.",
        "All slept.",
        "The End",
    ]


def test_line_that_ends_a_sentence_ends_the_paragraph() -> None:
    assert sentences("“Go.”\n“Why?”\nshe asked.") == ["“Go.”", "“Why?”", "she asked."]


@pytest.mark.parametrize(
    "name", ["Ji-hoon", "Anne-Marie", "Smith-Jones", "Jean-Luc", "Al-Rashid", "Mary-Jane-Lou"]
)
def test_hyphenated_name_is_one_token(name: str) -> None:
    _, [tokens] = split(make_story("s", f"Yesterday {name} saw {name}'s brother at the market."))
    words = [token.text for token in tokens]
    assert words.count(name) == 2
    assert "-" not in words
    assert {t.pos for t in tokens if t.text == name} == {"PROPN"}


def test_dash_between_words_cuts() -> None:
    _, [tokens] = split(make_story("s", "He stopped—she did not."))
    assert [t.text for t in tokens] == ["He", "stopped", "—", "she", "did", "not", "."]


def test_sentence_beyond_what_the_encoder_reads_is_cut_at_a_clause() -> None:
    text = ", ".join(f"the {n}th man walked on" for n in range(80)) + "."
    found = sentences(text)
    assert len(found) > 1
    assert all(part.endswith((",", ".")) for part in found)


def test_control_of_progress_counts_every_character_of_the_paragraphs() -> None:
    text = "One came.\n\nTwo went away."
    done: list[int] = []
    split(make_story("s", text), progress=done.append)
    assert done == [9, 14]


def test_splitting_is_deterministic(tale_text: str) -> None:
    assert split(make_story("s", tale_text)) == split(make_story("s", tale_text))


def test_story_without_a_sentence_is_an_error() -> None:
    with pytest.raises(StoryError, match="has no sentence"):
        split(Story("blank", "\u3000\n"))
