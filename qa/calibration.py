"""From evidence to one probability: a logistic model whose coefficients are kept as text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index.errors import DataError, shown

__all__ = ["Calibrator", "in_words", "percent"]

_WORDS = ((0.8, "sure"), (0.55, "likely"), (0.0, "a guess"))


def in_words(probability: float) -> str:
    """Return "sure", "likely" or "a guess"."""
    return next(word for least, word in _WORDS if probability >= least)


def percent(probability: float) -> str:
    """Return a probability as a percentage, never 0% or 100%."""
    return f"{min(99, max(1, round(100 * probability)))}%"


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A logistic model: P(the short answer is right) = 1 / (1 + exp(-(bias + w · features))).

    `threshold` is the probability from which on an answer is given. The coefficients were fitted
    on gold questions about stories that no reported figure uses (`python -m eval.calibrate`).
    """

    bias: float
    weights: Mapping[str, float]
    threshold: float

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read coefficients from a JSON file.

        Raises:
            DataError: the file is missing or lacks a field.
        """
        try:
            data = json.loads(path.read_text("utf-8"))
            weights = {str(k): float(v) for k, v in data["weights"].items()}
            return cls(float(data["bias"]), weights, float(data["threshold"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"cannot read the calibration {shown(path)} ({shown(error)}); reinstall story-qa"
            ) from error

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the calibrated probability, between 0 and 1; a missing feature counts as 0."""
        logit = self.bias + sum(w * features.get(name, 0.0) for name, w in self.weights.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))
