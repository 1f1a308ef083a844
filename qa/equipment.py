"""What reads, and what makes its scores a confidence: the trained reader, or the one of rules."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.encoder import Encoder
from index.persist import StoryIndex
from qa.baseline import BaselineReader
from qa.calibration import Calibrator
from qa.ensemble import EnsembleReader
from qa.neural_reader import READER_MODEL, NeuralReader
from qa.question import Question
from qa.reader import Reader
from qa.records import Reading, Retrieved

__all__ = [
    "DEPTH",
    "MOST_PIECES",
    "Equipment",
    "baseline",
    "default",
    "load_ahead",
    "named",
    "trained",
]

_ALL = 40  # passages, enough for a synopsis
DEPTH = 10
"""Passages that the trained reader is given at most, best first."""

MOST_PIECES = 256
"""Word pieces that the trained reader reads beside the rules: no more than the windows that it was
trained on, and fewer than ten passages of long sentences have, for answers as good (see
models/README.md); reading takes most of an answer's time."""


_SHORT = 1_300
"""Characters of a story that is read whole: it fits the longest windows of training, 330 word
pieces, and where there is little to choose from, choosing loses answers (see models/README.md)."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """A reader with all that depends on it.

    `depth` is how many passages it reads at most, best first. `share` is what a passage gains in
    rank by what was read in it. `whole` reads short stories, from beginning to end, in place of
    `reader`; None where that does it as well.
    """

    reader: Reader
    calibrator: Calibrator
    depth: int
    share: float = 0.0
    whole: Reader | None = None

    def reading(self, index: StoryIndex) -> tuple[Reader, int]:
        """Return what reads this story, and how many passages of it at most."""
        if self.whole and len(index.story.text) <= _SHORT:
            return self.whole, max(self.depth, len(index.passages))
        return self.reader, self.depth


def baseline(encoder: Encoder) -> Equipment:
    """Return the reader without training; it weighs retrieval by itself."""
    return Equipment(BaselineReader(encoder), _calibrator("baseline_calibration.json"), depth=5)


def load_ahead() -> None:
    """Begin to load the trained reader, where it is installed, beside whatever else is to be done.

    What goes wrong is told by the first question.
    """
    if READER_MODEL.is_file():
        _coming(READER_MODEL)


def trained(encoder: Encoder, model: Path = READER_MODEL) -> Equipment:
    """Return the trained reader, seconded by the one of rules; loaded once a process.

    The first question waits until it is loaded; that raises an EncoderError if the model file is
    missing or not the expected one.
    """
    coming, rules = _coming(model), BaselineReader(encoder)
    return Equipment(
        EnsembleReader(_Coming(coming, MOST_PIECES), rules),
        _calibrator("reader_calibration.json"),
        depth=DEPTH,
        share=0.4,
        whole=EnsembleReader(_Coming(coming), rules),
    )


def default(encoder: Encoder) -> Equipment:
    """Return the trained reader where it is installed, else the one of rules."""
    return trained(encoder) if READER_MODEL.is_file() else baseline(encoder)


def named(name_or_path: str) -> Equipment:
    """Return a reader of the user's choice, which reads alone and declines as it was trained to.

    Args:
        name_or_path: a question-answering model of Hugging Face, or a file that `qa train` wrote.

    Raises:
        EncoderError: there is no such model.
    """
    if name_or_path.endswith(".onnx"):
        reader = _loaded(Path(name_or_path))
    else:
        from qa.huggingface_reader import load_reader

        reader = load_reader(name_or_path)
    # The best span against the null span: the decision that such models are trained for.
    own = Calibrator(0.0, {"score": 1.0, "null": -1.0}, 0.5)
    return Equipment(reader, own, depth=_ALL)


class _Coming(Reader):
    """A reader that another thread is loading: onnxruntime does that beside Python.

    It reads at most as many word pieces of the passages as `most`; None for all.
    """

    def __init__(self, loading: Future[NeuralReader], most: int | None = None) -> None:
        self._loading = loading
        self._most = most

    def read(self, question: Question, passages: Sequence[Retrieved]) -> Reading:
        return self._loading.result().read(question, passages, self._most)


@lru_cache(maxsize=2)
def _coming(model: Path) -> Future[NeuralReader]:
    pool = ThreadPoolExecutor(1)
    found = pool.submit(NeuralReader.load, model)
    pool.shutdown(wait=False)
    return found


@lru_cache(maxsize=2)
def _loaded(model: Path) -> NeuralReader:
    return NeuralReader.load(model)


@lru_cache(maxsize=2)
def _calibrator(name: str) -> Calibrator:
    return Calibrator.load(Path(__file__).with_name(name))
