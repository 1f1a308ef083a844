"""How a question and a window of text become the input of a model: its marks, and where they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Layout"]


@dataclass(frozen=True, slots=True)
class Layout:
    """The marks before the question, between question and text, and after the text.

    BERT has `[CLS] question [SEP] text [SEP]`, RoBERTa `<s> question </s></s> text </s>`; of each
    mark, its id and its token type. `asked` and `told` are the token types of the two texts.
    """

    before: tuple[tuple[int, int], ...]
    between: tuple[tuple[int, int], ...]
    after: tuple[tuple[int, int], ...]
    asked: int
    told: int
    pad: int

    @classmethod
    def of(cls, tokenizer: Tokenizer, pad: int) -> Layout:
        """Return the layout by which `tokenizer` encodes a pair of texts; `pad` is an id."""
        pair = tokenizer.encode("a", "b", add_special_tokens=True)
        sides, marks = pair.sequence_ids, list(zip(pair.ids, pair.type_ids, strict=True))
        first, second = sides.index(0), sides.index(1)
        last = len(sides) - sides[::-1].index(1)
        end = len(sides) - sides[::-1].index(0)
        return cls(
            before=tuple(marks[:first]),
            between=tuple(marks[end:second]),
            after=tuple(marks[last:]),
            asked=pair.type_ids[first],
            told=pair.type_ids[second],
            pad=pad,
        )

    @property
    def marks(self) -> int:
        """Number of marks that an input has."""
        return len(self.before) + len(self.between) + len(self.after)

    def head(self, asked: Sequence[int]) -> int:
        """Return the position at which the text begins after the question `asked`."""
        return len(self.before) + len(asked) + len(self.between)

    def rows(
        self, asked: Sequence[int], texts: Sequence[NDArray[np.int64]]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return ids, attention mask and token types, each of shape (texts, longest input).

        Args:
            asked: ids of the question.
            texts: ids of the texts that it is asked of, at least one.
        """
        shape = (len(texts), self.marks + len(asked) + max(map(len, texts)))
        ids = np.full(shape, self.pad, dtype=np.int64)
        mask, types = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        question = [(piece, self.asked) for piece in asked]
        begin, end = (
            np.array(pairs, dtype=np.int64).reshape(-1, 2).T
            for pairs in ([*self.before, *question, *self.between], self.after)
        )
        for row, text in enumerate(texts):
            told = np.array([text, np.full(len(text), self.told)])
            line = np.concatenate([begin, told, end], axis=1)
            ids[row, : line.shape[1]], types[row, : line.shape[1]] = line
            mask[row, : line.shape[1]] = 1
        return ids, mask, types
