"""A question is shown by the browser itself before it is sent, and taken back if that fails."""

from __future__ import annotations

import json

from ui.render import question_html
from ui.updates import pending_message

__all__ = ["TAKE_BACK", "show_pending"]

_SHOW = """(text, messages, asked) => {
  if (asked) return []; // the question before is yet to be answered
  if (!text?.trim()) return [text];
  const message = MESSAGE;
  const html = message.content[0].value.replace("TEXT", () => new Option(text).innerHTML);
  message.content[0].value = message.content[0].props.value = html;
  return [text, [...(messages ?? []), message], ""];
}"""

TAKE_BACK = """(asked, messages) => {
  const kept = messages?.at(-1)?.role === "user" ? messages.slice(0, -1) : messages;
  return ["", kept ?? [], asked ?? ""];
}"""
"""JavaScript: from the question that was sent, and the chat, to these two and the question box."""


def show_pending() -> str:
    """Return JavaScript: from question box, chat and question sent to what is sent, chat and box.

    It does nothing while a question is on its way; one without a word is not shown.
    """
    return _SHOW.replace("MESSAGE", json.dumps(pending_message(question_html("TEXT"))))
