"""The reader: a small network trained to find answers, run with onnxruntime; no torch needed."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError, shown
from index.minilm import load_tokenizer
from index.onnx_session import Network, loading, session_options
from qa.decode import Logits, PassagePieces, Scale, Window, decode, windows
from qa.inputs import Layout
from qa.question import Question
from qa.records import Reading, Retrieved

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = [
    "READER_MODEL",
    "NeuralReader",
    "Run",
    "chosen",
    "load_tokenizer",
    "onnx_run",
    "passage_pieces",
]

READER_MODEL = Path(__file__).parent / "models" / "reader.onnx"
"""The reader that comes with the program; its model card is `reader.json` beside it."""

Run = Callable[
    [NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]],
]
"""Input ids, attention mask and token types, each (windows, length), to start and end logits,
(windows, length), and answerability logits, (windows,). The logits at [CLS] are the null span's."""

MAX_LENGTH = 384
"""Longest input, in word pieces: question, window and marks."""

MAX_QUESTION = 64
"""Longest question, in word pieces; what is longer is cut."""

_KEPT = 1_000  # passages whose word pieces are kept for the next question


class NeuralReader:
    """Reads passages in windows of neighbouring ones, in story order, and returns the best spans.

    Scores are log-probabilities, see `qa.decode.decode`. Thread-safe.

    Args:
        run: the network, e.g. `onnx_run(READER_MODEL)`.
        tokenizer: its tokenizer, without truncation and padding.
        scale: how its logits become probabilities.
        max_length: longest input, in word pieces.
        pad: id of the word piece that fills shorter windows.
    """

    def __init__(
        self,
        run: Run,
        tokenizer: Tokenizer,
        scale: Scale | None = None,
        max_length: int = MAX_LENGTH,
        pad: int = 0,
    ) -> None:
        self._run = run
        self._tokenizer = tokenizer
        self._scale = scale or Scale()
        self._max_length = max_length
        self._layout = Layout.of(tokenizer, pad)
        self._pieces = lru_cache(maxsize=_KEPT)(partial(passage_pieces, tokenizer))

    @classmethod
    def load(cls, model: Path = READER_MODEL) -> NeuralReader:
        """Load a model file, checking it against the digest in its model card.

        Args:
            model: the file; its card has the same name, with `.json`.

        Raises:
            EncoderError: the file, its card, or the tokenizer is missing or not the expected one.
        """
        card = model.with_suffix(".json")
        try:
            described = json.loads(card.read_text(encoding="utf-8"))
            expected = described["sha256"]
            scale = Scale(**described["scale"])
            max_length = int(described["max_length"])
            with model.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EncoderError(
                f"cannot load the reader {shown(model)}: {shown(error)}; reinstall the program, or "
                "train one with: qa train"
            ) from error
        if digest != expected:
            raise EncoderError(
                f"the reader {shown(model)} has SHA-256 {digest[:12]}…, its card says "
                f"{str(expected)[:12]}…; reinstall the program"
            )
        return cls(onnx_run(model), load_tokenizer(), scale, max_length)

    def read(
        self, question: Question, passages: Sequence[Retrieved], most: int | None = None
    ) -> Reading:
        """Return spans of the passages, best first, each inside one passage.

        Args:
            question: what is asked.
            passages: where to read.
            most: how many word pieces of them: the best ranked that fit; None for all.
        """
        asked = self._tokenizer.encode(question.text, add_special_tokens=False).ids[:MAX_QUESTION]
        laid_out = windows(
            chosen(passages, most, self._pieces), self._max_length - len(asked) - self._layout.marks
        )
        if not laid_out:
            return Reading((), 0.0)
        return decode(laid_out, self._logits(asked, laid_out), self._scale)

    def _logits(self, asked: Sequence[int], laid_out: Sequence[Window]) -> list[Logits]:
        ids, mask, types = self._layout.rows(asked, [window.ids for window in laid_out])
        starts, ends, answerable = self._run(ids, mask, types)
        head = self._layout.head(asked)
        return [
            Logits(
                starts[row, head : head + len(window.ids)],
                ends[row, head : head + len(window.ids)],
                float(starts[row, 0] + ends[row, 0]),
                float(answerable[row]),
            )
            for row, window in enumerate(laid_out)
        ]


def chosen(
    passages: Sequence[Retrieved], most: int | None, pieces_of: Callable[[str], PassagePieces]
) -> list[PassagePieces]:
    """Return the word pieces of the passages that are read, in story order.

    Args:
        passages: where to read.
        most: how many word pieces of them: the best ranked that fit; None for all.
        pieces_of: the word pieces of a passage's text.
    """
    ranked = sorted(passages, key=lambda found: found.rank)
    kept: dict[tuple[int, int], PassagePieces] = {}
    left = math.inf if most is None else most
    for passage in (found.passage for found in ranked):
        place = passage.start, passage.end
        pieces = kept.get(place) or pieces_of(passage.text).at(passage.start)
        if place not in kept and (len(pieces.ids) <= left or not kept):
            kept[place] = pieces
            left -= len(pieces.ids)
    return [kept[place] for place in sorted(kept)]


def passage_pieces(tokenizer: Tokenizer, text: str) -> PassagePieces:
    """Return the word pieces of a passage, with offsets that begin at its own start."""
    encoded = tokenizer.encode(text, add_special_tokens=False)
    # Some tokenizers count the space before a word to its first piece.
    places = [(b - len(text[a:b].lstrip()), b) for a, b in encoded.offsets]
    return PassagePieces(
        np.array(encoded.ids, dtype=np.int64),
        np.array([a for a, _ in places], dtype=np.int64),
        np.array([b for _, b in places], dtype=np.int64),
        np.array([a > 0 and text[a - 1 : a + 1].isalnum() for a, _ in places], dtype=np.bool_),
    )


def onnx_run(model: Path) -> Run:
    """Return a function that runs the ONNX file on the CPU.

    Raises:
        EncoderError: onnxruntime cannot load the file.
    """
    network = Network(partial(_session, model))

    def run(
        ids: NDArray[np.int64], mask: NDArray[np.int64], types: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        starts, ends, answerable = network.run(
            ["start", "end", "answerable"],
            {"input_ids": ids, "attention_mask": mask, "token_type_ids": types},
        )
        return np.asarray(starts), np.asarray(ends), np.asarray(answerable)

    return run


def _session(model: Path, threads: int) -> Any:
    import onnxruntime

    options = session_options(threads)
    # The rest of it takes longer than it saves: the graph is written as it should run.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with loading("the reader", model):
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
