"""What happens when the reader asks, starts over, or changes the story, and what is then seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import QAError
from index.stories import decode_story
from qa.question import analyse
from ui.conversation import Conversation
from ui.shelf import Shelf

__all__ = ["Chat", "View"]

_PASTED = "Pasted story"
_OWN = "own/"  # no name of the library has a slash


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The page after an event.

    `question` is what the question box then holds, None where it is left alone. With a `pending`
    question the answer is still to come. With an `error` nothing has changed.
    """

    conversation: Conversation
    question: str | None = None
    pending: str | None = None
    error: QAError | None = None


class Chat:
    """The events of the page over one shelf of stories. It holds nothing of any session."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def start(self) -> Conversation:
        """Return a new session's conversation."""
        return Conversation(self._shelf.first.story.story_id, self._shelf.first)

    def ask(self, question: str, conversation: Conversation) -> View:
        """Answer the question."""
        try:
            analyse(question)
            return View(conversation.ask(question))
        except QAError as error:
            return View(conversation, question=question, error=error)

    def undo(self, conversation: Conversation) -> View:
        """Take the last question back into the question box."""
        last = conversation.answers[-1:]
        return View(conversation.undo(), question=last[0].question if last else None)

    def clear(self, conversation: Conversation) -> View:
        """Begin a new conversation about the same story."""
        return View(conversation.cleared(), question="")

    def choose(self, name: str, conversation: Conversation) -> View:
        """Begin a conversation about another story of the shelf, or the session's own."""
        try:
            own = conversation.own
            agent = own[1] if own and own[0] == name else self._shelf.open(name)
        except QAError as error:
            return View(conversation, error=error)
        return View(conversation.about(name, agent), question="")

    def read_up_to(self, point: str, conversation: Conversation) -> View:
        """Hide what comes after `point` of the story, or show it again."""
        try:
            return View(conversation.up_to(point))
        except QAError as error:
            return View(conversation, error=error)

    def upload(self, path: str | Path, conversation: Conversation) -> View:
        """Read an uploaded text file and begin a conversation about it."""
        file = Path(path)
        try:
            text = decode_story(file.read_bytes(), file.name)
        except QAError as error:
            return View(conversation, error=error)
        return self._bring(file.stem, text, conversation)

    def paste(self, text: str, conversation: Conversation) -> View:
        """Read a pasted story and begin a conversation about it."""
        return self._bring(_PASTED, text, conversation)

    def choices(self, conversation: Conversation) -> list[tuple[str, str]]:
        """Return the chooser's entries: what is shown, and the name behind it."""
        entries = [(name, name) for name in self._shelf.names()]
        if conversation.own:
            name, agent = conversation.own
            entries.append((f"{agent.story.story_id} (yours)", name))
        return entries

    def _bring(self, title: str, text: str, conversation: Conversation) -> View:
        try:
            agent = self._shelf.read(title, text)
        except QAError as error:
            return View(conversation, error=error)
        brought = replace(conversation, own=(_OWN + title, agent))
        return View(brought.about(_OWN + title, agent), question="")
