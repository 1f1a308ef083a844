"""What reads, and what makes its scores a confidence: the trained reader, or the one of rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.encoder import Encoder
from qa.baseline import BaselineReader
from qa.calibration import Calibrator
from qa.ensemble import EnsembleReader
from qa.neural_reader import READER_MODEL, NeuralReader
from qa.reader import Reader

__all__ = ["Equipment", "baseline", "default", "trained"]


@dataclass(frozen=True, slots=True)
class Equipment:
    """A reader with all that depends on it.

    `depth` is how many passages it reads at most, best first. `share` is what a passage gains in
    rank by what was read in it.
    """

    reader: Reader
    calibrator: Calibrator
    depth: int
    share: float = 0.0


def baseline(encoder: Encoder) -> Equipment:
    """Return the reader without training; it weighs retrieval by itself."""
    return Equipment(BaselineReader(encoder), _calibrator("baseline_calibration.json"), depth=5)


def trained(encoder: Encoder, model: Path = READER_MODEL) -> Equipment:
    """Return the trained reader, seconded by the one of rules; loaded once a process.

    Raises:
        EncoderError: the model file is missing or not the expected one.
    """
    reader = EnsembleReader(_loaded(model), BaselineReader(encoder))
    return Equipment(reader, _calibrator("reader_calibration.json"), depth=8, share=0.4)


def default(encoder: Encoder) -> Equipment:
    """Return the trained reader where it is installed, else the one of rules."""
    return trained(encoder) if READER_MODEL.is_file() else baseline(encoder)


@lru_cache(maxsize=2)
def _loaded(model: Path) -> NeuralReader:
    return NeuralReader.load(model)


@lru_cache(maxsize=2)
def _calibrator(name: str) -> Calibrator:
    return Calibrator.load(Path(__file__).with_name(name))
