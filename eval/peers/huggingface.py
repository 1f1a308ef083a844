"""Any question-answering model of Hugging Face, read over the whole story.

The usual recipe for SQuAD (Devlin et al. 2019): windows of 384 word pieces that overlap by 128, and
the best span over all of them. As `hf:` it is declined where every window's null span scores
higher, which is the recipe for SQuAD 2.0; as `hf-always:` never, which is that for 1.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from eval.peers.parts import answered, model_digest
from eval.systems import Answerer
from index.errors import QAError, shown
from index.records import Passage, Story
from qa.records import Answer, Citation, Turn

__all__ = ["HuggingFaceSystem", "load_model"]

_LENGTH = 384
_OVERLAP = 128
_LONGEST = 30  # word pieces of an answer, as in the recipe
_BATCH = 8


@dataclass(frozen=True, slots=True)
class HuggingFaceSystem:
    """A model without retrieval: it reads the story from beginning to end for each question.

    Attributes:
        model: a folder, or a name on the hub, which is fetched if it is not in the cache.
        declines: whether the null span may win.
    """

    model: str
    declines: bool = True

    @property
    def name(self) -> str:
        """What it is called: `hf:` or `hf-always:`, and the model."""
        return f"{'hf' if self.declines else 'hf-always'}:{self.model}"

    @property
    def fingerprint(self) -> str:
        """Digest of the model's files."""
        return model_digest(self.model)

    def prepare(self, story: Story) -> Answerer:
        """Load the model, once a process.

        Raises:
            QAError: it cannot be loaded.
        """
        return _Reading(story, *load_model(self.model), self.declines)


class _Reading:
    """One story before the model."""

    passages: Sequence[Passage] = ()  # nothing is retrieved

    def __init__(self, story: Story, model: Any, tokenizer: Any, declines: bool) -> None:
        self._story = story
        self._model = model
        self._tokenizer = tokenizer
        self._declines = declines

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:  # noqa: ARG002 - it has none
        """Read all windows and give the best span."""
        start, end, best, null = self._best(question)
        given = best > null or not self._declines
        text = self._story.text[start:end] if given else None
        confidence = 1 / (1 + math.exp(min(null - best, 700.0))) if end > start else 0.0
        cited = Citation(self._story.text[start:end], start, end) if text else None
        return answered(self._story, question, text, confidence, cited)

    def _best(self, question: str) -> tuple[int, int, float, float]:
        """Return the best span's offsets and score, and the lowest null score of a window."""
        encoded = self._tokenizer(
            question,
            self._story.text,
            truncation="only_second",
            max_length=_LENGTH,
            stride=_OVERLAP,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
        )
        best: tuple[int, int, float] = (0, 0, -math.inf)
        null = math.inf
        for first in range(0, len(encoded["input_ids"]), _BATCH):
            rows = range(first, min(first + _BATCH, len(encoded["input_ids"])))
            starts, ends = self._logits(encoded, rows)
            for row, start, end in zip(rows, starts, ends, strict=True):
                null = min(null, float(start[0] + end[0]))
                inside = np.array([part == 1 for part in encoded.sequence_ids(row)])
                found = _best_pair(start, end, inside)
                if found is not None and found[2] > best[2]:
                    offsets = encoded["offset_mapping"][row]
                    best = (offsets[found[0]][0], offsets[found[1]][1], found[2])
        return (*best, null)

    def _logits(self, encoded: Any, rows: range) -> tuple[Any, Any]:
        import torch

        names = [n for n in self._tokenizer.model_input_names if n in encoded]
        batch = {n: torch.tensor([encoded[n][row] for row in rows]) for n in names}
        with torch.inference_mode():
            out = self._model(**batch)
        return out.start_logits.numpy(), out.end_logits.numpy()


def _best_pair(start: Any, end: Any, inside: Any) -> tuple[int, int, float] | None:
    """Return the best start and end within the text, at most 30 word pieces apart, and the sum."""
    places = np.flatnonzero(inside)
    if not len(places):
        return None
    sums = start[places][:, None] + end[places][None, :]
    apart = np.arange(len(places))[None, :] - np.arange(len(places))[:, None]
    sums = np.where((apart >= 0) & (apart < _LONGEST), sums, -np.inf)
    first, last = divmod(int(sums.argmax()), len(places))
    return int(places[first]), int(places[last]), float(sums[first, last])


@lru_cache(maxsize=2)
def load_model(name: str) -> tuple[Any, Any]:
    """Return a question-answering model on the CPU, and its tokenizer.

    Raises:
        QAError: the model cannot be loaded.
    """
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
        model = AutoModelForQuestionAnswering.from_pretrained(name)
    except Exception as error:  # the library raises whatever its layers raise
        reason = " ".join(str(error).split())
        raise QAError(
            f"cannot load the question-answering model {shown(name)}: {shown(reason, 160)}; "
            "name a folder that holds one"
        ) from error
    return model.eval(), tokenizer
