"""Asking all stories of a library: find the few that may tell, and ask these one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from index.corpus import Corpus
from index.encoder import Encoder
from index.errors import QAError
from index.gathering import open_corpus
from index.lexical import terms
from index.library import Library
from index.persist import StoryIndex
from index.records import Hit
from qa.agent import StoryAgent, default_library
from qa.equipment import Equipment, default
from qa.question import analyse
from qa.records import Answer
from qa.retriever import convex_sum

__all__ = ["Candidate", "LibraryAgent", "open_library_agent"]

_PASSAGES = 100
_STORIES = 100
_WEIGHTS = (0.5, 0.5)  # of a story's nearest passage, and of its words
_ASKED = 3
_CLEAR = 0.7


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that may tell; the best of all has a `score` of at most 1."""

    story: str
    score: float


class LibraryAgent:
    """Answers questions from whichever story of a library tells. Each question stands alone.

    Args:
        corpus: the index of all stories.
        opened: opens the index of one by its name.
        encoder: the one that all were built with.
        equipment: what reads and what calibrates; see `StoryAgent`.
    """

    def __init__(
        self,
        corpus: Corpus,
        opened: Callable[[str], StoryIndex],
        encoder: Encoder,
        equipment: Equipment | None = None,
    ) -> None:
        self.corpus = corpus
        self._opened = opened
        self._encoder = encoder
        self._equipment = equipment or default(encoder)

    def candidates(self, text: str, n: int = _ASKED) -> list[Candidate]:
        """Return the `n` stories that most likely tell, best first; ties by name.

        A story counts by its passage that is nearest to the question, and by BM25 over all of its
        words: names tell stories apart, and embeddings know few names.

        Raises:
            QuestionError: the question is empty, too long, or has no word.
        """
        asked = analyse(text).text
        vector = self._encoder.encode([asked])[0]
        nearest: dict[int, float] = {}
        for hit in self.corpus.nearest(vector, _PASSAGES):
            nearest.setdefault(hit.story, hit.score)
        meaning = [Hit(story, score) for story, score in nearest.items()]
        words = self.corpus.matching(terms(asked), _STORIES)
        fused = convex_sum([meaning, words], _WEIGHTS)
        found = [Candidate(self.corpus.names[story], score) for story, score in fused.items()]
        return sorted(found, key=lambda one: (-one.score, one.story))[:n]

    def ask(self, text: str, k: int = 5) -> Answer:
        """Answer `text` from the story that tells; `Answer.story` is its name.

        Stories are asked in turn until one tells that is clearly the nearest; of several that
        tell, the one counts whose confidence, weighed by how near it is, is the greatest.

        Args:
            text: the question.
            k: number of passages to retrieve from a story.

        Raises:
            QuestionError: the question is empty, too long, or has no word.
            QAError: a story cannot be opened, and no other tells.
        """
        found: list[tuple[float, Answer]] = []
        failed: QAError | None = None
        near = self.candidates(text)
        for place, one in enumerate(near):
            try:
                agent = StoryAgent(self._opened(one.story), self._encoder, self._equipment)
            except QAError as error:
                failed = error
                continue
            answer = agent.ask(text, k=k)
            found.append((one.score * answer.confidence, answer))
            rest = near[place + 1].score if place + 1 < len(near) else 0.0
            if answer.answerable and rest < _CLEAR * one.score:
                break
        told = [pair for pair in found if pair[1].answerable]
        if told:
            return max(told, key=lambda pair: pair[0])[1]
        if failed or not found:
            raise failed or QAError("no story comes near the question; ask in other words")
        return _declined(found[0][1])


def open_library_agent(
    library: Library | None = None, equipment: Equipment | None = None
) -> LibraryAgent:
    """Open all stories of a library, by default the user's, its index brought up to date.

    Args:
        library: the stories.
        equipment: what reads them (see `StoryAgent`).

    Raises:
        QAError: there is no story, or the data folder cannot be read.
    """
    library = library or default_library()
    return LibraryAgent(open_corpus(library), library.reopen, library.encoder, equipment)


def _declined(nearest: Answer) -> Answer:
    """Return the answer of the nearest story, which does not tell, as that of all."""
    said = "No story says."
    if nearest.passages:
        quoted = " ".join(nearest.passages[0].passage.text.split())
        said += f" The nearest one comes, {nearest.story}: “{quoted}”"
    return replace(nearest, answer=said)
