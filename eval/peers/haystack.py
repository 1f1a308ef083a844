"""Haystack's extractive question answering: BM25 retriever and `TransformersExtractiveReader`.

The documents are stretches of 100 words that overlap by 20; the reader has the ten best of them and
its own no-answer score (Haystack 3, package `transformers-haystack`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from eval.peers.parts import answered, installed, loading, model_digest
from eval.systems import Answerer
from index.records import Passage, Story
from qa.records import Answer, Citation, Turn

__all__ = ["HaystackSystem"]

_WORDS = 100
_OVERLAP = 20
_DOCUMENTS = 10


@dataclass(frozen=True, slots=True)
class HaystackSystem:
    """Haystack with a question-answering model.

    Attributes:
        model: a Hugging Face folder or name.
        name: what it is called.
        declines: whether its no-answer candidate counts.
    """

    model: str
    name: str = "haystack"
    declines: bool = True

    @property
    def fingerprint(self) -> str:
        """Versions of the packages and digest of the model's files.

        Raises:
            QAError: a package is not installed.
        """
        versions = [installed(p, self.name) for p in ("haystack-ai", "transformers-haystack")]
        return " ".join([*versions, model_digest(self.model)])

    def prepare(self, story: Story) -> Answerer:
        """Split and store the story; load the reader, once a process.

        Raises:
            QAError: a package is not installed, or the model cannot be loaded.
        """
        _ = self.fingerprint
        os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # it would report its use
        from haystack import Document
        from haystack.components.preprocessors import DocumentSplitter
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        splitter = DocumentSplitter(split_by="word", split_length=_WORDS, split_overlap=_OVERLAP)
        documents = splitter.run(documents=[Document(content=story.text)])["documents"]
        store = InMemoryDocumentStore()
        store.write_documents(documents)
        retriever = InMemoryBM25Retriever(store, top_k=_DOCUMENTS)
        return _Asking(story, documents, retriever, _reader(self.model), self.declines)


class _Asking:
    """One story in a document store."""

    def __init__(
        self,
        story: Story,
        documents: Sequence[Any],
        retriever: Any,
        reader: Any,
        declines: bool,
    ) -> None:
        self._declines = declines
        self._story = story
        self._retriever = retriever
        self._reader = reader
        self.passages = [_passage(document, story) for document in documents]

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:  # noqa: ARG002 - it has none
        """Retrieve and read; the no-answer candidate may come first."""
        documents = self._retriever.run(query=question)["documents"]
        found = [(_passage(d, self._story), 1 - 1 / (1 + (d.score or 0.0))) for d in documents]
        answers = self._reader.run(
            query=question, documents=documents, top_k=1, no_answer=self._declines
        )["answers"]
        best = max(answers, key=lambda answer: answer.score, default=None)
        if best is None or best.data is None or best.document_offset is None:
            confidence = 1 - best.score if best is not None else 0.0
            return answered(self._story, question, None, confidence, None, found)
        start = best.document.meta["split_idx_start"] + best.document_offset.start
        end = start + best.document_offset.end - best.document_offset.start
        cited = Citation(self._story.text[start:end], start, end)
        return answered(self._story, question, best.data, best.score, cited, found)


def _passage(document: Any, story: Story) -> Passage:
    start = document.meta["split_idx_start"]
    text = document.content
    return Passage(document.meta["split_id"], story.story_id, text, start, start + len(text))


@lru_cache(maxsize=1)
def _reader(model: str) -> Any:
    from haystack.utils import ComponentDevice
    from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

    reader = TransformersExtractiveReader(
        model=model, device=ComponentDevice.from_str("cpu"), token=None
    )
    with loading("haystack", model):
        reader.warm_up()
    return reader
