"""How often pronouns are tied to the right character: precision over ties, recall over pronouns.

A pronoun that means no character has no right tie. Ties of other words (relative pronouns, "-self")
are not looked at, nor those of pronouns that are not annotated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from eval.bootstrap import interval
from eval.coreference_loader import Pronoun
from index.people import TITLES, folded
from index.records import Token

__all__ = ["CoreferenceScore", "same_character", "score_ties", "ties"]

_ARTICLES = frozenset({"the", "a", "an"})


@dataclass(frozen=True, slots=True)
class CoreferenceScore:
    """The figures over some pronouns. A value that does not exist is None.

    Attributes:
        pronouns: how many were annotated.
        with_referent: how many of them mean a character.
        tied: how many the index ties to a character.
        right: how many of these ties name one of the referents.
        precision: right of tied.
        precision_interval: its 95% bootstrap interval over pronouns.
        recall: right of those with a referent.
        recall_interval: likewise.
    """

    pronouns: int
    with_referent: int
    tied: int
    right: int
    precision: float | None
    precision_interval: tuple[float, float] | None
    recall: float | None
    recall_interval: tuple[float, float] | None

    @classmethod
    def of(
        cls, tied: NDArray[np.bool_], right: NDArray[np.bool_], meant: NDArray[np.bool_]
    ) -> Self:
        """Count flags, each of shape (pronouns,): is tied, is tied rightly, means a character."""
        return cls(
            pronouns=len(tied),
            with_referent=int(meant.sum()),
            tied=int(tied.sum()),
            right=int(right.sum()),
            precision=_ratio(right, tied),
            precision_interval=_interval(right, tied),
            recall=_ratio(right, meant),
            recall_interval=_interval(right, meant),
        )

    def value(self, metric: str) -> float | None:
        """Return "precision" or "recall"; None where it has no value."""
        return {"precision": self.precision, "recall": self.recall}[metric]

    def to_json(self) -> dict[str, Any]:
        """Return the figures as a JSON object."""
        return asdict(self)


def ties(parses: Sequence[Sequence[Token]]) -> dict[tuple[int, int], str]:
    """Return the character of each tied word of an index, by its (start, end) in the story."""
    return {(t.start, t.end): t.refers_to for tokens in parses for t in tokens if t.refers_to}


def same_character(name: str, referent: str) -> bool:
    """Tell whether a tie to `name` is right for a pronoun that means `referent`.

    Compared are letters and digits alone, in lower case and without accents; "the" or "a" in front
    does not count. Titles (`index.people.TITLES`) in front do not count where one of the two has
    none ("Dr Pell" is "Pell"); where both have some they must be the same ("Mr Pell" is not
    "Mrs Pell"). A part of a name is another name: "Ines" is right for "Ines Pell" only where the
    annotation lists it too.
    """
    (titles, body), (others, other) = _parts(name), _parts(referent)
    return body == other and (titles == others or not titles or not others)


def score_ties(
    pronouns: Sequence[Pronoun], tied: Mapping[str, Mapping[tuple[int, int], str]]
) -> CoreferenceScore:
    """Score the ties of stories by their annotated pronouns.

    Args:
        pronouns: the annotation.
        tied: what `ties` gives for each story, by its id.
    """
    names = [tied[p.story_id].get((p.start, p.end)) for p in pronouns]
    right = [
        name is not None and any(same_character(name, referent) for referent in p.referents)
        for name, p in zip(names, pronouns, strict=True)
    ]
    return CoreferenceScore.of(
        np.array([name is not None for name in names], dtype=bool),
        np.array(right, dtype=bool),
        np.array([bool(p.referents) for p in pronouns], dtype=bool),
    )


def _parts(name: str) -> tuple[tuple[str, ...], str]:
    """Return the titles in front of a name, and the rest of it run together."""
    words = [word for word in map(folded, name.split()) if word]
    if len(words) > 1 and words[0] in _ARTICLES:
        del words[0]
    first = 0
    while first < len(words) - 1 and words[first] in TITLES:
        first += 1
    return tuple(words[:first]), "".join(words[first:])


def _ratio(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float | None:
    return float(part.sum() / whole.sum()) if whole.any() else None


def _interval(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> tuple[float, float] | None:
    if not whole.any():
        return None

    def ratio(rows: NDArray[np.intp]) -> float:
        found = _ratio(part[rows], whole[rows])
        return float("nan") if found is None else found

    return interval(ratio, len(whole))
