"""From a `View` to what the page's components become, in Gradio's terms."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from index.errors import QAError
from qa.records import Answer
from ui.chat import Chat, View
from ui.conversation import Conversation
from ui.direct import UNCHANGED
from ui.examples import example_questions
from ui.highlight import story_html
from ui.render import answer_html, question_html

if TYPE_CHECKING:
    from gradio.components.chatbot import ComponentMessage, Message

__all__ = [
    "brought",
    "direct_answer",
    "examples",
    "html_part",
    "options",
    "pending_message",
    "shown_answer",
    "shown_page",
    "story_panel",
    "warn",
]


def shown_answer(view: View) -> tuple[Any, ...]:
    """Return what chat, state, story panel and question box become while a question is answered.

    Gradio makes a component anew for each `skip`, which takes longer than to send what is there.
    """
    import gradio as gr

    text = gr.skip() if view.question is None else view.question
    conversation = view.conversation
    if view.error is not None:
        warn(view.error)
    messages = _messages(conversation, view.pending)
    return messages, conversation, story_panel(conversation), text


def direct_answer(view: View) -> list[Any]:
    """Return what the same become, as JSON, and what the toast has to tell: see `ui.direct`."""
    conversation = view.conversation
    text = UNCHANGED if view.question is None else view.question
    problem = "" if view.error is None else str(view.error)
    messages = [message.model_dump() for message in _messages(conversation)]
    return [messages, conversation, story_panel(conversation), text, "", problem]


def shown_page(view: View, chat: Chat) -> tuple[Any, ...]:
    """Return what chat, state, story panel, question box and chooser become after other events."""
    import gradio as gr

    text = gr.skip() if view.question is None else view.question
    conversation = view.conversation
    if view.error is not None:
        warn(view.error)
        return _messages(conversation), gr.skip(), gr.skip(), text, conversation.name
    panel = story_panel(conversation)
    if conversation.answers:
        # The story is the one that was asked before: no need to look through the library again.
        return _messages(conversation), conversation, panel, text, gr.skip()
    chatbot = gr.Chatbot(value=[*_messages(conversation)], examples=examples(conversation))
    chooser = gr.Dropdown(choices=chat.choices(conversation), value=conversation.name)
    return chatbot, conversation, panel, text, chooser


def brought(updates: tuple[Any, ...]) -> tuple[Any, ...]:
    """Add what becomes of the paste box and its fold: emptied and closed, unless it failed."""
    import gradio as gr

    if isinstance(updates[1], Conversation):
        return (*updates, "", gr.Accordion(open=False))
    return (*updates, gr.skip(), gr.skip())


def story_panel(conversation: Conversation) -> str:
    """Return the story panel's HTML."""
    story = conversation.agent.story
    return story_html(
        story.story_id,
        story.text,
        conversation.numbers,
        conversation.current,
        turn=len(conversation.answers),
    )


def examples(conversation: Conversation) -> Any:
    """Return the questions to click about the conversation's story, as a chatbot wants them."""
    return [{"text": question} for question in example_questions(conversation.agent.index)]


def options(answer: Answer) -> list[Any]:
    """Return the buttons below an answer: what else the question may have meant."""
    return [
        {"label": f"Did you mean {alternative.meant}?", "value": alternative.question}
        for alternative in answer.alternatives
    ]


@lru_cache(maxsize=1)
def html_part() -> ComponentMessage:
    """Return an empty HTML component as a part of a message.

    Gradio takes milliseconds to make one of an `HTML` component, and cannot during an event: the
    page has it made before.
    """
    import gradio as gr
    from gradio.components.chatbot import ComponentMessage

    html = gr.HTML(padding=False, render=False)
    return ComponentMessage(
        component="html", value="", constructor_args={}, props=html.get_config()
    )


def _messages(conversation: Conversation, pending: str | None = None) -> list[Message]:
    """Return the chat's messages; `pending` is a question whose answer is still to come.

    Each one is an HTML component: a text message would show markup in a question as markup.
    """
    numbers = conversation.numbers
    messages: list[Message] = []
    for answer in conversation.answers:
        messages.append(_message("user", question_html(answer.question)))
        messages.append(_message("assistant", answer_html(answer, numbers)))
    if pending is not None:
        messages.append(_message("user", question_html(pending)))
    elif conversation.answers:
        messages[-1].options = options(conversation.answers[-1])
    return messages


def _message(role: str, html: str) -> Message:
    from gradio.components.chatbot import Message

    part = html_part()
    shown = part.model_copy(update={"value": html, "props": {**part.props, "value": html}})
    return Message(role=role, content=[shown])


def pending_message(html: str) -> dict[str, Any]:
    """Return a question whose answer is still to come, as the browser keeps it."""
    return _message("user", html).model_dump()


def warn(problem: QAError | str) -> None:
    """Tell in a toast what was not done, and why."""
    import gradio as gr

    # The toast shows HTML, and an error may quote the reader's text.
    gr.Warning(escape(str(problem)), title="Not done")
