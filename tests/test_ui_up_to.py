from __future__ import annotations

import pytest
from conftest import LetterEncoder
from qa_texts import indexed

from index.errors import PointError
from index.library import Library
from qa.agent import StoryAgent
from qa.equipment import baseline
from ui.chat import Chat
from ui.conversation import TO_THE_END, Conversation
from ui.examples import example_questions
from ui.shelf import Shelf
from ui.updates import story_panel

STORY = "Tobias kept bees in Hask. He sold the honey. Then Greta Quill took the bees to Velmora."


@pytest.fixture(scope="module")
def whole() -> StoryAgent:
    encoder = LetterEncoder()
    return StoryAgent(indexed(STORY), encoder, baseline(encoder))


@pytest.fixture
def chat(whole: StoryAgent, tmp_path_factory: pytest.TempPathFactory) -> Chat:
    library = Library(tmp_path_factory.mktemp("home"), LetterEncoder())
    return Chat(Shelf(whole, library))


def asked(chat: Chat, conversation: Conversation, question: str) -> Conversation:
    last = chat.ask(question, conversation)
    assert last.error is None
    return last.conversation


def test_what_comes_later_is_not_in_the_page(chat: Chat, whole: StoryAgent) -> None:
    start = chat.start()
    assert (start.point, "Velmora" in story_panel(start)) == (TO_THE_END, True)
    view = chat.read_up_to("60%", start)
    found = view.conversation
    assert (view.error, found.point) == (None, "60%")
    assert "Velmora" not in story_panel(found)
    assert "honey" in story_panel(found)
    assert "Greta" in " ".join(example_questions(whole.index))
    assert "Greta" not in " ".join(example_questions(found.agent.index))
    assert len(asked(chat, found, "Who took the bees?").answers[0].passages) == 2


def test_answers_stay_when_the_reader_goes_on_and_go_when_he_goes_back(
    chat: Chat, whole: StoryAgent
) -> None:
    early = asked(chat, chat.read_up_to("30%", chat.start()).conversation, "Who kept bees?")
    later = chat.read_up_to("60%", early).conversation
    assert later.answers == early.answers
    end = chat.read_up_to(TO_THE_END, later).conversation
    assert (end.answers, end.agent.index) == (early.answers, whole.index)
    assert chat.read_up_to("60%", end).conversation.answers == ()


def test_a_new_conversation_is_read_as_far_and_another_story_to_its_end(chat: Chat) -> None:
    found = asked(chat, chat.read_up_to("60%", chat.start()).conversation, "Who kept bees?")
    cleared = chat.clear(found).conversation
    assert (cleared.point, cleared.agent, cleared.answers) == ("60%", found.agent, ())
    other = chat.paste("Nell mended nets. Nell sang.", found).conversation
    assert (other.point, other.whole) == (TO_THE_END, None)
    assert other.agent.story.text == "Nell mended nets. Nell sang."
    back = chat.choose(chat.start().name, other).conversation
    assert (back.point, back.agent.story.text) == (TO_THE_END, STORY)


def test_a_point_before_the_first_sentence_ends_changes_nothing(chat: Chat) -> None:
    start = chat.start()
    view = chat.read_up_to("10%", start)
    assert view.conversation is start
    assert isinstance(view.error, PointError)
