"""Asking one story: understand, retrieve, read, decide, compose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path

from index.encoder import Encoder
from index.library import Library, data_folder
from index.onnx_encoder import OnnxEncoder
from index.persist import StoryIndex
from index.query import make_query
from index.recalling import RecallingEncoder
from index.records import Story
from index.view import up_to
from qa.completion import completed
from qa.compose import compose, compose_all, decline
from qa.conversation.mentions import Names, unmistakable
from qa.conversation.readings import likeliest, wordings
from qa.conversation.understanding import understand
from qa.cues import place_bonus
from qa.equipment import Equipment, default
from qa.evidence import features, mistaken, reranked
from qa.facts.claim import claimed
from qa.facts.events import as_read, happening
from qa.facts.expansion import expanded
from qa.facts.polarity import Ruling, ruled, settled
from qa.facts.premise import found
from qa.facts.table import FactTable
from qa.facts.told import told
from qa.question import Question, QuestionType, analyse
from qa.records import Answer, Citation, Reading, Retrieved, Span, Turn, holding
from qa.retriever import Retriever
from qa.spelling import Speller

__all__ = ["StoryAgent", "default_encoder", "default_library", "open_agent"]

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
DEFAULT_STORY = "a-bittersweet-life"
_TOLD_BONUS = 0.3  # what a passage gains that has the question's verb and roles
_DIGITS = 6  # of a confidence
_MISTAKEN = 0.25  # what is left of the confidence in an answer of the wrong kind


class StoryAgent:
    """Answers questions about one story. Holds no conversation: history is handed in.

    Args:
        index: the story's index.
        encoder: the one that the index was built with.
        equipment: what reads and what calibrates; by default the trained reader's where it is
            installed, else those of the reader of rules.
    """

    def __init__(
        self,
        index: StoryIndex,
        encoder: Encoder,
        equipment: Equipment | None = None,
    ) -> None:
        self.index = index
        self._encoder = RecallingEncoder(encoder, index.associative)
        self.cast = index.cast
        self._names = Names.of(self.cast)
        self._speller = Speller(index)
        self._retriever = Retriever(index)
        self._equipment = equipment or default(self._encoder)
        self._reader, self._depth = self._equipment.reading(index)

    @property
    def story(self) -> Story:
        """The story that is asked."""
        return self.index.story

    def up_to(self, point: str) -> StoryAgent:
        """Return an agent that knows the story up to `point` only (see `index.view`).

        Raises:
            PointError: there is no such point in the story.
        """
        return StoryAgent(up_to(self.index, point), self._encoder, self._equipment)

    @cached_property
    def _facts(self) -> FactTable:
        return FactTable(self.index.parses, self.cast)

    def ask(self, text: str, history: Sequence[Turn] = (), k: int = 5) -> Answer:
        """Answer `text` from the story.

        Args:
            text: the question.
            history: earlier turns, oldest first; read only where the question cannot stand alone.
            k: number of passages to retrieve.

        Raises:
            QuestionError: the question is empty, too long, or has no word.
        """
        asked = analyse(text).text
        spelt = self._speller.respelled(asked)
        line = spelt or asked
        understood = understand(line, history, self._names)
        tried = [
            (wording, self._answer(text, wording.text, k)) for wording in wordings(line, understood)
        ]
        best = likeliest(tried)
        read = best.interpreted_as if best.interpreted_as != line else spelt
        return replace(best, interpreted_as=read, alternatives=understood.alternatives)

    def _answer(self, text: str, read: str, k: int) -> Answer:
        """Answer `text`, read as `read`, which stands alone."""
        question = analyse(read)
        query = make_query(question.text, self._encoder)
        named = expanded(question.text, self._facts.known)
        also = None if named == question.text else make_query(named, self._encoder)
        depth = max(k, self._depth)
        claim = claimed(question, self._facts)
        finding = found(claim, self._facts)
        happens = happening(question, self.index, self._facts, self._retriever, self._encoder)
        bonus = {**happens.bonus, **place_bonus(question, self.index)}
        yes_no = question.type is QuestionType.YES_NO
        if finding.fact and (yes_no or finding.verdict == "yes"):
            place = finding.fact.passage_id
            bonus[place] = bonus.get(place, 0.0) + (1.0 if yes_no else _TOLD_BONUS)
        retrieved = self._retriever.retrieve(query, depth, bonus, also)
        reading = self._reader.read(question, retrieved)
        retrieved = reranked(retrieved, reading, self._equipment.share)
        calibrator = self._equipment.calibrator
        evidence = features(reading, retrieved, finding.premise, len(self.story.text))
        confidence = calibrator.probability(evidence)
        if mistaken(question, reading, retrieved, self._facts):
            confidence *= _MISTAKEN
        sure = confidence >= calibrator.threshold
        happens = as_read(happens, question, reading, retrieved, sure=sure)
        outright = told(question, claim, happens, self.index, self._facts)
        ruling = Ruling(None, _best(question, reading, retrieved))
        if yes_no:
            ruling = ruled(question, claim, finding, reading, retrieved, self._facts)
            confidence = settled(ruling, confidence, calibrator.threshold)
        plain = unmistakable(question.text, self._names)
        short: str | None = None
        sentence, citations = decline(retrieved), tuple[Citation, ...]()
        if outright:
            confidence = max(confidence, outright.confidence)
            short, sentence = compose_all(
                question, outright.spans, outright.nearest, self.index, plain
            )
            citations = tuple(map(self._quoted, outright.spans))
        elif ruling.evidence and confidence >= calibrator.threshold:
            short, sentence = compose(
                question, ruling.evidence, ruling.verdict, self.index, ruling.contrast, plain
            )
            citations = (self._quoted(ruling.evidence),)
        return Answer(
            question=text,
            interpreted_as=read,
            answer=sentence,
            short_answer=short,
            answerable=short is not None,
            # A word that was embedded beside other words differs in its eighth digit.
            confidence=round(confidence, _DIGITS),
            citations=citations,
            passages=tuple(retrieved[:k]),
            story=self.story.story_id,
        )

    def _quoted(self, span: Span) -> Citation:
        return Citation(self.story.text[span.start : span.end], span.start, span.end)


def _best(question: Question, reading: Reading, retrieved: Sequence[Retrieved]) -> Span | None:
    best = next(iter(reading.spans), None)
    return best and completed(question, best, holding(best, retrieved))


@lru_cache(maxsize=1)
def default_encoder() -> Encoder:
    """Return the one encoder of this process; its weights load when it first encodes."""
    return OnnxEncoder(receipt=data_folder() / "encoder.json")


def default_library() -> Library:
    """Return the user's library, which knows the shipped stories by name as well."""
    return Library(data_folder(), default_encoder(), seeds=SEEDS)


def open_agent(
    name_or_path: str = DEFAULT_STORY,
    library: Library | None = None,
    point: str | None = None,
    equipment: Equipment | None = None,
) -> StoryAgent:
    """Open the story of that name or path, indexing it first where need be.

    Args:
        name_or_path: the story.
        library: where it is kept; by default the user's.
        point: how far it has been read (see `index.view`); by default to its end.
        equipment: what reads it (see `StoryAgent`).

    Raises:
        QAError: the story cannot be found, read, or indexed.
    """
    library = library or default_library()
    agent = StoryAgent(library.open(name_or_path), library.encoder, equipment)
    return agent if point is None else agent.up_to(point)
