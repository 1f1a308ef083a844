"""Words of a story are looked up in its index, and not embedded again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from conftest import LetterEncoder

from index.associative import AssociativeStore
from index.encoder import Vectors
from index.recalling import RecallingEncoder

TEXTS = ["The captain sold the boat.", "Nobody saw the captain again."]


class Counting(LetterEncoder):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return super().encode(texts)


@pytest.mark.parametrize(
    ("texts", "embedded"),
    [
        (["captain", "boat"], []),
        (["captain", "ship", "boat", "ship"], ["ship"]),
        (["Who sold the boat?", "sold", "boat"], ["Who sold the boat?"]),
        (["Captain"], ["Captain"]),  # vectors differ by capitals; the words are small ones
        ([""], [""]),
        ([], []),
    ],
)
def test_vectors_are_the_encoders_own(texts: list[str], embedded: list[str]) -> None:
    counting = Counting()
    recalling = RecallingEncoder(counting, AssociativeStore.from_texts(TEXTS, LetterEncoder()))
    found = recalling.encode(texts)
    assert counting.asked == embedded
    expected = LetterEncoder().encode(texts)
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert (recalling.name, recalling.digest) == (counting.name, counting.digest)
