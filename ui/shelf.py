"""The stories that a session can choose from, and those that it brings along."""

from __future__ import annotations

from functools import lru_cache

from index.build import build_index
from index.errors import StoryError, StoryNotFoundError, shown
from index.language import load_language
from index.library import Library
from index.stories import MAX_BYTES, make_story
from qa.agent import StoryAgent, default_library, open_agent
from qa.equipment import Equipment
from ui.examples import example_questions

__all__ = ["Shelf", "open_shelf"]

_KEPT_OPEN = 8


class Shelf:
    """The library's stories, opened by name only: a browser never names a path.

    Args:
        first: the story that is open at the start; it may be one that the library does not keep.
        library: where the others are.
        equipment: what reads the others; by default the reader that ships.
    """

    def __init__(
        self, first: StoryAgent, library: Library, equipment: Equipment | None = None
    ) -> None:
        self.first = first
        self._library = library
        self._equipment = equipment
        self._opened = lru_cache(maxsize=_KEPT_OPEN)(self._open)

    def names(self) -> list[str]:
        """Return the names of all stories that can be opened."""
        return sorted({self.first.story.story_id, *self._library.names()})

    def open(self, name: str) -> StoryAgent:
        """Open the story of that name.

        Raises:
            StoryNotFoundError: it is none of `names()`.
            QAError: it cannot be opened.
        """
        if name == self.first.story.story_id:
            return self.first
        if name not in self._library.names():
            raise StoryNotFoundError(f"no story {shown(name)} in the list; choose another")
        return self._opened(name)

    def read(self, name: str, text: str) -> StoryAgent:
        """Index a story in memory; nothing of it is kept.

        Raises:
            StoryError: the text is too long, has no word, or looks binary.
        """
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > MAX_BYTES:
            raise StoryError(
                f"story {shown(name)} has {size:,} bytes, more than the {MAX_BYTES:,} that are "
                "read; split it into parts"
            )
        story = make_story(name, text)
        encoder = self._library.encoder
        return StoryAgent(build_index(story, encoder), encoder, self._equipment)

    def _open(self, name: str) -> StoryAgent:
        return open_agent(name, self._library, equipment=self._equipment)


def open_shelf(story: str, equipment: Equipment | None = None) -> Shelf:
    """Open the story of that name or path, and warm the models, so that no reader waits for them.

    Raises:
        QAError: the story cannot be opened.
    """
    library = default_library()
    agent = open_agent(story, library, equipment=equipment)
    load_language()  # an own story is parsed by it
    agent.ask(example_questions(agent.index)[0])
    return Shelf(agent, library, equipment)
