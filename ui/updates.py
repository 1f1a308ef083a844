"""From a `View` to what the page's components become, in Gradio's terms."""

from __future__ import annotations

from html import escape
from typing import Any

from qa.records import Answer
from ui.chat import Chat, View
from ui.conversation import Conversation
from ui.examples import example_questions
from ui.highlight import story_html
from ui.render import answer_html, question_html

__all__ = ["brought", "examples", "options", "shown_page", "story_panel"]


def shown_page(view: View, chat: Chat) -> tuple[Any, ...]:
    """Return what chat, state, story panel, question box and chooser become."""
    import gradio as gr

    text = gr.skip() if view.question is None else view.question
    conversation = view.conversation
    if view.error is not None:
        # The toast shows HTML, and an error may quote the reader's text.
        gr.Warning(escape(str(view.error)), title="Not done")
        return _messages(conversation), gr.skip(), gr.skip(), text, conversation.name
    if view.pending is not None:
        return _messages(conversation, view.pending), gr.skip(), gr.skip(), text, gr.skip()
    panel = story_panel(conversation)
    if conversation.answers:
        # The story is the one that was asked before: no need to look through the library again.
        return _messages(conversation), conversation, panel, text, gr.skip()
    chatbot = gr.Chatbot(value=_messages(conversation), examples=examples(conversation))
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


def options(answer: Answer) -> list[dict[str, str]]:
    """Return the buttons below an answer: what else the question may have meant."""
    return [
        {"label": f"Did you mean {alternative.meant}?", "value": alternative.question}
        for alternative in answer.alternatives
    ]


def _messages(conversation: Conversation, pending: str | None = None) -> Any:
    """Return the chat's messages; `pending` is a question whose answer is still to come.

    Each one is an HTML component: a text message would show markup in a question as markup.
    """
    numbers = conversation.numbers
    messages: list[dict[str, Any]] = []
    for answer in conversation.answers:
        messages.append(_message("user", question_html(answer.question)))
        messages.append(_message("assistant", answer_html(answer, numbers)))
    if pending is not None:
        messages.append(_message("user", question_html(pending)))
    elif conversation.answers:
        messages[-1]["options"] = options(conversation.answers[-1])
    return messages


def _message(role: str, html: str) -> dict[str, Any]:
    import gradio as gr

    return {"role": role, "content": [gr.HTML(html, padding=False, render=False)]}
