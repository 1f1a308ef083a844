"""Asking one story: understand, retrieve, read, decide, compose."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from index.coreference import story_cast
from index.encoder import Encoder, SentenceEncoder
from index.library import Library, data_folder
from index.persist import StoryIndex
from index.query import make_query
from index.records import Story
from qa.baseline import BaselineReader
from qa.calibration import Calibrator
from qa.compose import compose, decline
from qa.conversation import standalone
from qa.cues import place_bonus
from qa.evidence import features
from qa.question import analyse
from qa.reader import Reader
from qa.records import Answer, Citation, Turn
from qa.retriever import Retriever

__all__ = ["StoryAgent", "default_encoder", "default_library", "open_agent"]

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
DEFAULT_STORY = "a-bittersweet-life"


class StoryAgent:
    """Answers questions about one story. Holds no conversation: history is handed in.

    Args:
        index: the story's index.
        encoder: the one that the index was built with.
        reader: what finds spans; by default the rule-based one.
        calibrator: what turns evidence into a probability; by default the reader's own.
    """

    def __init__(
        self,
        index: StoryIndex,
        encoder: Encoder,
        reader: Reader | None = None,
        calibrator: Calibrator | None = None,
    ) -> None:
        self.index = index
        self._encoder = encoder
        self.cast = story_cast(index.parses)
        self._retriever = Retriever(index)
        self._reader = reader or BaselineReader(encoder)
        self._calibrator = calibrator or _baseline_calibrator()

    @property
    def story(self) -> Story:
        """The story that is asked."""
        return self.index.story

    def ask(self, text: str, history: Sequence[Turn] = (), k: int = 5) -> Answer:
        """Answer `text` from the story.

        Args:
            text: the question.
            history: earlier turns, oldest first; read only where the question cannot stand alone.
            k: number of passages to retrieve.

        Raises:
            QuestionError: the question is empty, too long, or has no word.
        """
        rewritten = standalone(analyse(text).text, history, self.cast)
        question = analyse(rewritten or text)
        query = make_query(question.text, self._encoder)
        retrieved = self._retriever.retrieve(query, k, place_bonus(question, self.index))
        reading = self._reader.read(question, retrieved)
        confidence = self._calibrator.probability(features(question, reading, self.index))
        if reading.spans and confidence >= self._calibrator.threshold:
            best = reading.spans[0]
            short, sentence = compose(question, best, reading.polarity, self.index)
            quoted = self.story.text[best.start : best.end]
            citations: tuple[Citation, ...] = (Citation(quoted, best.start, best.end),)
        else:
            short, sentence, citations = None, decline(retrieved), ()
        return Answer(
            question=text,
            interpreted_as=rewritten,
            answer=sentence,
            short_answer=short,
            answerable=short is not None,
            confidence=confidence,
            citations=citations,
            passages=tuple(retrieved),
            story=self.story.story_id,
        )


@lru_cache(maxsize=1)
def default_encoder() -> SentenceEncoder:
    """Return the one encoder of this process; its weights load when it first encodes."""
    return SentenceEncoder()


def default_library() -> Library:
    """Return the user's library, which knows the shipped stories by name as well."""
    return Library(data_folder(), default_encoder(), seeds=SEEDS)


def open_agent(name_or_path: str = DEFAULT_STORY, library: Library | None = None) -> StoryAgent:
    """Open the story of that name or path, indexing it first where need be.

    Raises:
        QAError: the story cannot be found, read, or indexed.
    """
    library = library or default_library()
    return StoryAgent(library.open(name_or_path), library.encoder)


@lru_cache(maxsize=1)
def _baseline_calibrator() -> Calibrator:
    return Calibrator.load(Path(__file__).with_name("baseline_calibration.json"))
