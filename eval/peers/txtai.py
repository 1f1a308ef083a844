"""txtai's extractor: an embeddings search over sentences, and a model that reads what it found.

The sentences are the program's passages, the embeddings all-MiniLM-L6-v2 as in txtai's examples,
the context its default of three sentences (txtai 9, `RAG` with a `Questions` pipeline).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from eval.peers.parts import answered, installed, loading, model_digest, quoted
from eval.systems import Answerer
from index.minilm import packaged_folder
from index.records import Passage, Story
from qa.records import Answer, Turn

__all__ = ["TxtaiSystem"]

_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class TxtaiSystem:
    """txtai with a question-answering model.

    Attributes:
        model: a Hugging Face folder or name.
        name: what it is called.
    """

    model: str
    name: str = "txtai"

    @property
    def fingerprint(self) -> str:
        """Version of the package and digest of the model's files.

        Raises:
            QAError: the package is not installed.
        """
        return f"{installed('txtai', self.name)} {model_digest(self.model)}"

    def prepare(self, story: Story) -> Answerer:
        """Embed the story's sentences; load the models, once a process.

        Raises:
            QAError: txtai is not installed, or the model cannot be loaded.
        """
        _ = self.fingerprint
        from index.passages import split

        passages, _parses = split(story)
        embeddings, questions = _models(self.model)
        from txtai.pipeline import RAG

        embeddings.index([(p.passage_id, p.text) for p in passages])
        return _Asking(story, passages, RAG(embeddings, questions, context=_SENTENCES), embeddings)


class _Asking:
    """One story in txtai's index, which is the process's only one: stories come one by one."""

    def __init__(self, story: Story, passages: Sequence[Passage], rag: Any, found: Any) -> None:
        self._story = story
        self._rag = rag
        self._embeddings = found
        self.passages = passages

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:  # noqa: ARG002 - it has none
        """Search and read. txtai gives no score: an answer's confidence is its best sentence's."""
        hits = self._embeddings.search(question, 10)
        found = [(self.passages[int(hit["id"])], float(hit["score"])) for hit in hits]
        try:
            ((_, text),) = self._rag([("", question, question, False)])
        except TypeError:  # its reader fails where it would answer with a word of the question
            text = None
        read = [passage for passage, _ in found[:_SENTENCES]]
        score = found[0][1] if found else 0.0
        return answered(self._story, question, text, score, quoted(self._story, text, read), found)


@lru_cache(maxsize=1)
def _models(model: str) -> tuple[Any, Any]:
    from txtai import Embeddings
    from txtai.pipeline import Questions

    folder = packaged_folder()
    with loading("txtai", model):
        questions = Questions(model, gpu=False)
    return Embeddings(path=str(folder), content=True, gpu=False), questions
