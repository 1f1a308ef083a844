"""The default encoder on onnxruntime: all-MiniLM-L6-v2 without torch, ready in 0.1 s."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Vectors
from index.minilm import (
    DEFAULT_ENCODER,
    ENCODER_GRAPH,
    load_tokenizer,
    packaged_folder,
    verified_digest,
)
from index.onnx_session import Network, loading, session_options

__all__ = ["MAX_PIECES", "OnnxEncoder"]

MAX_PIECES = 256
"""Longest text in word pieces, with both marks, as in sentence-transformers; the rest is cut."""

_DIMENSION = 384
_BATCH = 192  # pieces; more cost attention between texts that have nothing to do with each other
_MANY = 16  # texts
_FEW = 64  # texts of which the words are looked up among those that are kept
_KEPT = 4_096  # words, 6 MB of vectors


class OnnxEncoder:
    """The packaged all-MiniLM-L6-v2 on the CPU, loaded when it is first needed. Thread-safe.

    Its vectors are those of `SentenceEncoder` to about seven digits. The weights are mapped into
    memory from the packaged file. Who encodes many texts gets a session whose weights are laid out
    for it: that costs 0.07 s once and makes a question a fifth faster. The words of questions are
    kept: retrieval and reading ask for the same ones.

    Args:
        receipt: where it is remembered that the weights were checked; see `verified_digest`.
        graph: the network; see `index.export_encoder`.
    """

    name = DEFAULT_ENCODER

    def __init__(self, receipt: Path | None = None, graph: Path = ENCODER_GRAPH) -> None:
        self._receipt = receipt
        self._graph = graph
        self._lock = threading.Lock()
        self._asked = 0
        self._words: OrderedDict[str, Vectors] = OrderedDict()

    @cached_property
    def digest(self) -> str:
        """Hexadecimal SHA-256 of the weights' file.

        Raises:
            EncoderError: the packaged weights are missing or not the published ones.
        """
        return verified_digest(self._receipt)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one L2-normalised row a text: float32, shape (len(texts), 384).

        Raises:
            EncoderError: the model cannot be loaded.
        """
        if not texts:
            return np.zeros((0, _DIMENSION), dtype=np.float32)
        if len(texts) > _FEW:
            return self._embedded(texts)
        with self._lock:
            found = {text: self._words[text] for text in texts if text in self._words}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found.update(zip(missing, self._embedded(missing), strict=True))
        with self._lock:
            for text in filter(str.isalpha, found):  # no sentence comes twice, words do
                self._words[text] = found[text].copy()  # a row would hold all of its batch
                self._words.move_to_end(text)
            while len(self._words) > _KEPT:
                self._words.popitem(last=False)
        return np.stack([found[text] for text in texts])

    def _embedded(self, texts: Sequence[str]) -> Vectors:
        encoded = load_tokenizer().encode_batch([str(text) for text in texts])
        pieces = [_cut(one.ids) for one in encoded]
        with self._lock:
            self._asked += len(texts)
            network = self._quick if self._asked <= _MANY else self._settled
        return np.concatenate([_run(network, batch) for batch in _batches(pieces)])

    @cached_property
    def _quick(self) -> Network:
        _ = self.digest  # verified before it is used
        return Network(partial(self._session, prepacked=False))

    @cached_property
    def _settled(self) -> Network:
        verified_digest()
        self.__dict__.pop("_quick", None)
        return Network(partial(self._session, prepacked=True))

    def _session(self, threads: int, *, prepacked: bool) -> Any:
        import onnxruntime

        options = session_options(threads)
        settings = {
            # Packages may be links into a cache; onnxruntime wants the real folder.
            "session.model_external_initializers_file_folder_path": str(
                (packaged_folder() / "model.safetensors").resolve().parent
            ),
            "session.disable_prepacking": "0" if prepacked else "1",
        }
        for key, value in settings.items():
            options.add_session_config_entry(key, value)
        if not prepacked:
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        with loading("the embedding model", self._graph, "reinstall the program"):
            return onnxruntime.InferenceSession(
                self._graph.read_bytes(), options, providers=["CPUExecutionProvider"]
            )


def _cut(ids: Sequence[int]) -> Sequence[int]:
    return ids if len(ids) <= MAX_PIECES else [*ids[: MAX_PIECES - 1], ids[-1]]


def _batches(texts: Sequence[Sequence[int]]) -> Iterator[Sequence[Sequence[int]]]:
    """Yield runs of texts of about `_BATCH` pieces together, in order."""
    first, size = 0, 0
    for row, ids in enumerate(texts):
        if size and size + len(ids) > _BATCH:
            yield texts[first:row]
            first, size = row, 0
        size += len(ids)
    yield texts[first:]


def _run(network: Network, texts: Sequence[Sequence[int]]) -> Vectors:
    """Embed texts, given as word pieces, in one row without padding."""
    sizes = [len(ids) for ids in texts]
    numbers = np.arange(len(texts), dtype=np.int64)
    feeds = {
        "input_ids": np.concatenate([np.asarray(ids, dtype=np.int64) for ids in texts]),
        "position_ids": np.concatenate([np.arange(size, dtype=np.int64) for size in sizes]),
        "text": np.repeat(numbers, sizes),
        "texts": numbers,
    }
    (vectors,) = network.run(["embedding"], feeds)
    return np.asarray(vectors, dtype=np.float32)
