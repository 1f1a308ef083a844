from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import StoryError, StoryNotFoundError
from index.library import Library
from index.persist import StoryIndex
from index.records import Passage
from index.stories import MAX_BYTES
from qa.agent import StoryAgent
from qa.records import Answer, Citation, Retrieved
from ui.chat import Chat
from ui.conversation import Conversation
from ui.examples import example_questions
from ui.highlight import paragraphs, segments, story_html
from ui.render import (
    answer_html,
    answer_text,
    confidence_words,
    excerpt,
    number_citations,
    question_html,
)
from ui.shelf import Shelf

STORY = "Ada found a key. 🔑 It opened the red door.\nBehind it sat <b>Otto</b>."
HOSTILE = '<script>x()</script> <img src=x onerror="x()"> **b** {{v}} ${v} `c` & \' \\'


class Seen(HTMLParser):
    """What a browser would make of HTML: elements with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, Any]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def having(self, attribute: str) -> list[dict[str, Any]]:
        return [attributes for _, attributes in self.elements if attribute in attributes]


def cite(quote: str, story: str = STORY) -> Citation:
    start = story.index(quote)
    return Citation(quote, start, start + len(quote))


def make_answer(*quotes: str, story: str = STORY, **changes: Any) -> Answer:
    answer = Answer(
        question="What did it open?",
        interpreted_as=None,
        answer="The red door.",
        short_answer="the red door",
        answerable=True,
        confidence=0.83,
        citations=tuple(cite(quote, story) for quote in quotes),
        passages=(Retrieved(1, Passage(0, "s", story, 0, len(story)), 0.9),),
        story="s",
    )
    return replace(answer, **changes)


DECLINED = make_answer(
    answer="The story does not say.", short_answer=None, answerable=False, confidence=0.11
)


@st.composite
def cited_texts(draw: st.DrawFn) -> tuple[str, dict[Citation, int]]:
    text = draw(st.text(alphabet="ab <&>\"'\n\r\t{}$`🐎é", max_size=80))
    offsets = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(offsets, offsets), max_size=5))
    citations = [Citation(text[a:b], a, b) for a, b in map(sorted, pairs) if a < b]
    return text, {citation: n for n, citation in enumerate(dict.fromkeys(citations), 1)}


@given(cited_texts())
def test_segments_join_to_the_text_and_each_citation_to_its_own(
    case: tuple[str, dict[Citation, int]],
) -> None:
    text, numbers = case
    cut = segments(text, numbers)
    assert "".join(segment.text for segment in cut) == text
    for citation, number in numbers.items():
        under = "".join(segment.text for segment in cut if number in segment.numbers)
        assert under == citation.text
        assert sum(number in segment.opening for segment in cut) == 1


@given(cited_texts())
def test_story_html_shows_the_story_and_nothing_but_the_story(
    case: tuple[str, dict[Citation, int]],
) -> None:
    text, numbers = case
    seen = Seen(story_html("s", text, numbers))
    assert seen.text == text
    assert {tag for tag, _ in seen.elements} <= {"article", "p", "mark"}


def test_overlapping_citations_keep_both_numbers() -> None:
    text = "one two three"
    first, second = Citation("one two", 0, 7), Citation("two three", 4, 13)
    cut = segments(text, {first: 1, second: 2})
    assert [(s.text, s.numbers, s.opening) for s in cut] == [
        ("one ", (1,), (1,)),
        ("two", (1, 2), (2,)),
        (" three", (2,), ()),
    ]


def test_marks_carry_numbers_labels_and_the_latest_answers_emphasis() -> None:
    key, door = cite("a key"), cite("the red door")
    seen = Seen(story_html("s", STORY, {key: 1, door: 2}, current={2}, turn=2))
    marks = seen.having("data-numbers")
    assert [m["data-numbers"] for m in marks] == ["1", "2"]
    assert [m["data-label"] for m in marks] == ["1", "2"]
    assert [m["class"] for m in marks] == ["cited", "cited current"]


def test_a_citation_over_two_paragraphs_is_marked_in_both_and_labelled_once() -> None:
    seen = Seen(story_html("s", STORY, {cite("door.\nBehind"): 1}))
    marks = seen.having("data-numbers")
    assert len(marks) == 2
    assert len(seen.having("data-label")) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.\nTwo.", ["One.", "Two."]),
        ("One\nmore.\n\nTwo.\n", ["One\nmore.", "Two."]),
        ("\n One.\r\n\r\n Two.", ["One.", "Two."]),
        ("One. ", ["One."]),
    ],
)
def test_paragraphs_are_parted_by_blank_lines_or_else_by_line_ends(
    text: str, expected: list[str]
) -> None:
    assert [text[p.start : p.end].strip() for p in paragraphs(text)] == expected


def test_short_lines_are_verse_and_wrapped_lines_are_not() -> None:
    prose = "\n".join(["word " * 13] * 3)
    verse = "The rain is over\nand the ferry gone"
    assert [p.verse for p in paragraphs(f"{prose}\n\n{verse}")] == [False, True]


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "Sure · 99%"),
        (0.83, "Sure · 83%"),
        (0.8, "Sure · 80%"),
        (0.63, "Likely · 63%"),
        (0.3, "A guess · 30%"),
        (0.0, "A guess · 1%"),
    ],
)
def test_confidence_is_told_in_words_with_the_percentage(confidence: float, words: str) -> None:
    assert confidence_words(confidence) == words
    assert words in answer_html(make_answer("a key", confidence=confidence), {cite("a key"): 1})


def test_citations_are_numbered_through_the_conversation() -> None:
    answers = [make_answer("a key", "the red door"), DECLINED, make_answer("Otto", "a key")]
    assert number_citations(answers) == {
        cite("a key"): 1,
        cite("the red door"): 2,
        cite("Otto"): 3,
    }


def test_an_answer_shows_a_button_for_each_citation_and_its_sentence() -> None:
    answer = make_answer("a key", "the red door")
    seen = Seen(answer_html(answer, number_citations([answer])))
    assert [b["data-cite"] for b in seen.having("data-cite")] == ["1", "2", "1", "2"]
    assert "Understood as" not in seen.text
    assert "Not in the story" not in seen.text


def test_the_reading_of_a_follow_up_is_shown() -> None:
    answer = make_answer(interpreted_as="What did Ada's key open?")
    assert "Understood as: What did Ada's key open?" in Seen(answer_html(answer, {})).text


def test_a_declined_answer_is_marked_as_such_and_cites_nothing() -> None:
    seen = Seen(answer_html(DECLINED, {cite("a key"): 1}))
    assert "Not in the story" in seen.text
    assert "%" not in seen.text
    assert seen.having("data-cite") == []
    assert "qa-declined" in seen.elements[0][1]["class"]


def test_nothing_of_question_answer_or_story_becomes_markup() -> None:
    story = f"It said {HOSTILE} there."
    answer = make_answer(
        HOSTILE, story=story, question=HOSTILE, interpreted_as=HOSTILE, answer=HOSTILE
    )
    numbers = {answer.citations[0]: 1}
    for html in (
        answer_html(answer, numbers),
        question_html(HOSTILE),
        story_html(HOSTILE, story, numbers, {1}),
    ):
        seen = Seen(html)
        assert HOSTILE in seen.text
        allowed = {"div", "p", "span", "button", "ul", "li", "q", "b", "article", "mark"}
        assert {tag for tag, _ in seen.elements} <= allowed
        assert not [a for _, attrs in seen.elements for a in attrs if a.startswith("on")]


def test_what_is_copied_names_question_answer_and_quotations() -> None:
    answer = make_answer("the red door")
    text = answer_text(answer, {answer.citations[0]: 4})
    assert text == "What did it open?\nThe red door. [4]\n[4] “the red door”"
    seen = Seen(answer_html(answer, {answer.citations[0]: 4}))
    assert seen.having("data-copy")[0]["data-copy"] == text


def test_an_excerpt_cuts_long_surroundings_at_words() -> None:
    story = "alpha " * 40 + "the red door" + " omega" * 40
    before, span, after = excerpt(make_answer(story=story), cite("the red door", story))
    assert span == "the red door"
    assert before.startswith("… alpha")
    assert after.endswith(" omega …")
    assert max(len(before), len(after)) <= 72


def test_examples_ask_about_the_people_of_the_story(tale_index: StoryIndex) -> None:
    questions = example_questions(tale_index)
    assert 2 <= len(questions) <= 4
    assert len(set(questions)) == len(questions)
    assert all(q.endswith("?") for q in questions)
    assert any(name in questions[0] for name in ("Marta", "Tobin"))


def test_examples_of_a_story_without_people_name_nobody(tale_index: StoryIndex) -> None:
    nobody = replace(tale_index, parses=[[] for _ in tale_index.parses])
    assert example_questions(nobody) == ["What happens first?", "What happens at the end?"]


class Scripted(StoryAgent):
    """An agent whose answers are written beforehand."""

    def __init__(self, index: StoryIndex, answer: Answer) -> None:
        self.index = index
        self._answer = answer
        self.histories: list[list[str]] = []

    def ask(self, text: str, history: Any = (), k: int = 5) -> Answer:
        self.histories.append([turn.question for turn in history])
        return replace(self._answer, question=text)


@pytest.fixture
def shelf(tale_index: StoryIndex, tmp_path: Any, letters: Any) -> Shelf:
    return Shelf(Scripted(tale_index, DECLINED), Library(tmp_path, letters))


def asked(chat: Chat, conversation: Conversation, *questions: str) -> Conversation:
    for question in questions:
        conversation = chat.ask(question, conversation).conversation
    return conversation


def test_each_question_is_asked_with_the_turns_before_it(shelf: Shelf) -> None:
    chat = Chat(shelf)
    conversation = asked(chat, chat.start(), "Who?", "Why?", "When?")
    assert shelf.first.histories == [[], ["Who?"], ["Who?", "Why?"]]  # type: ignore[attr-defined]
    assert chat.start().answers == ()
    undone = chat.undo(conversation)
    assert undone.question == "When?"
    assert [a.question for a in undone.conversation.answers] == ["Who?", "Why?"]
    assert chat.clear(conversation).conversation.answers == ()


@pytest.mark.parametrize("question", ["", "  \n", "?!", "x" * 1001])
def test_a_bad_question_changes_nothing_and_says_why(shelf: Shelf, question: str) -> None:
    chat = Chat(shelf)
    before = asked(chat, chat.start(), "Who?")
    view = chat.ask(question, before)
    assert view.conversation is before
    assert view.question == question
    assert "question" in str(view.error)


@pytest.mark.parametrize("name", ["/etc/passwd", "../x.txt", "elsewhere"])
def test_a_browser_cannot_name_a_story_outside_the_list(shelf: Shelf, name: str) -> None:
    chat = Chat(shelf)
    view = chat.choose(name, chat.start())
    assert isinstance(view.error, StoryNotFoundError)
    assert view.conversation.name == "tale"


def test_an_own_story_begins_a_conversation_and_can_be_chosen_again(
    shelf: Shelf, tmp_path: Any
) -> None:
    chat = Chat(shelf)
    file = tmp_path / "harbour.txt"
    file.write_text("Nell mended nets. Nell sang.", "utf-8")
    brought = chat.upload(file, asked(chat, chat.start(), "Who?")).conversation
    assert brought.agent.story.text == "Nell mended nets. Nell sang."
    assert brought.answers == ()
    assert chat.choices(brought)[-1] == ("harbour (yours)", brought.name)
    assert "harbour" not in [name for _, name in chat.choices(chat.start())]
    back = chat.choose("tale", brought).conversation
    assert chat.choose(brought.name, back).conversation.agent is brought.agent
    assert not (tmp_path / "indexes").exists()


@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"", "empty"), (b"a\x00b", "binary"), (b"caf\xe9", "UTF-8"), (b"...", "no word")],
)
def test_an_unusable_file_is_refused_in_one_line(
    shelf: Shelf, tmp_path: Any, data: bytes, problem: str
) -> None:
    file = tmp_path / "bad.txt"
    file.write_bytes(data)
    chat = Chat(shelf)
    start = chat.start()
    view = chat.upload(file, start)
    assert view.conversation is start
    assert isinstance(view.error, StoryError)
    assert problem in str(view.error)
    assert "bad" in str(view.error)
    assert str(tmp_path) not in str(view.error)
    assert "\n" not in str(view.error)


def test_a_pasted_story_has_the_size_limit_of_files(shelf: Shelf) -> None:
    chat = Chat(shelf)
    view = chat.paste("é" * (MAX_BYTES // 2 + 1), chat.start())
    assert "more than the" in str(view.error)
