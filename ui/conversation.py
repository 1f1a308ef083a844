"""What one browser session has asked so far. Kept by the server: nothing of it comes back in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from qa.agent import StoryAgent
from qa.records import Answer, Citation, Turn
from ui.render import number_citations

__all__ = ["TO_THE_END", "Conversation"]

TO_THE_END = "100%"


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """The story being asked, and the answers given; a change makes a new object.

    `name` is the story's entry in the chooser. `own` holds the story that the session brought,
    by its entry's name, so that it can be chosen again. `point` is how far the story is read (see
    `index.view`); where that is not its end, `agent` knows it only so far, and `whole` all of it.
    """

    name: str
    agent: StoryAgent
    answers: tuple[Answer, ...] = ()
    own: tuple[str, StoryAgent] | None = None
    point: str = TO_THE_END
    whole: StoryAgent | None = None

    @property
    def history(self) -> list[Turn]:
        """The turns so far, oldest first, as `StoryAgent.ask` wants them."""
        return [Turn(a.question, a.answer, a.interpreted_as) for a in self.answers]

    @property
    def numbers(self) -> dict[Citation, int]:
        """The number of each citation of the conversation."""
        return number_citations(self.answers)

    @property
    def current(self) -> set[int]:
        """Numbers of the latest answer's citations."""
        numbers = self.numbers
        return {numbers[c] for a in self.answers[-1:] for c in a.citations}

    def ask(self, question: str) -> Self:
        """Return the conversation with `question` answered.

        Raises:
            QuestionError: the question is empty, too long, or has no word.
        """
        answer = self.agent.ask(question, self.history)
        return replace(self, answers=(*self.answers, answer))

    def undo(self) -> Self:
        """Return the conversation without its last turn."""
        return replace(self, answers=self.answers[:-1])

    def up_to(self, point: str) -> Self:
        """Return the conversation about the story up to `point`.

        The answers are kept where the reader goes on, and dropped where he or she goes back: they
        may tell what is yet to come.

        Raises:
            PointError: there is no such point in the story.
        """
        whole = self.whole or self.agent
        agent = whole.up_to(point)
        further = len(agent.story.text) >= len(self.agent.story.text)
        answers = self.answers if further else ()
        return replace(self, agent=agent, answers=answers, point=point, whole=whole)

    def cleared(self) -> Self:
        """Return a new conversation about the same story, read as far as before."""
        return replace(self, answers=())

    def about(self, name: str, agent: StoryAgent) -> Self:
        """Return a new conversation about another whole story; the session's own one is kept."""
        return replace(self, name=name, agent=agent, answers=(), point=TO_THE_END, whole=None)
