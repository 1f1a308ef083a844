"""Writes the graph of the default encoder, all-MiniLM-L6-v2, as ONNX without its weights.

    python -m index.export_encoder

BERT (Devlin et al. 2019) with mean pooling (Reimers and Gurevych 2019) and L2 normalisation, node
by node, so that the file comes out the same byte for byte. Every weight is an external initializer
with its name and its place in the packaged `model.safetensors`, which onnxruntime maps into memory.
Texts are not padded: a batch is one row of word pieces, in which each attends only to those of its
own text. Needs the extra `train` (onnx).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.minilm import ENCODER_GRAPH, packaged_folder
from index.onnx_graph import Graph

if TYPE_CHECKING:
    from onnx import ModelProto

__all__ = ["encoder_graph", "tensor_places", "write_graph"]

LAYERS = 6
HEADS = 12
WIDTH = 384

Places = Mapping[str, tuple[tuple[int, ...], int, int]]
"""Shape, first byte and number of bytes of each tensor, by name."""


def tensor_places(file: Path) -> Places:
    """Read where the float32 tensors of a safetensors file lie."""
    with file.open("rb") as content:
        (size,) = struct.unpack("<Q", content.read(8))
        header = json.loads(content.read(size))
    first = 8 + size
    return {
        name: (
            tuple(row["shape"]),
            first + row["data_offsets"][0],
            row["data_offsets"][1] - row["data_offsets"][0],
        )
        for name, row in header.items()
        if row.get("dtype") == "F32"
    }


def encoder_graph(places: Places) -> ModelProto:
    """Return the graph for weights that lie at `places`.

    Inputs, int64: `input_ids`, `position_ids` and `text`, the number of the text that a piece
    belongs to, each of shape (pieces,); `texts`, 0 to n - 1, shape (n,). Output: `embedding`,
    float32, L2-normalised, shape (n, 384).
    """
    from onnx import TensorProto, helper

    graph = _EncoderGraph(places)
    hidden = _embedded(graph)
    for layer in range(LAYERS):
        hidden = _layer(graph, f"encoder.layer.{layer}", hidden)
    _pooled(graph, hidden)
    inputs = {"input_ids": "pieces", "position_ids": "pieces", "text": "pieces", "texts": "n"}
    return graph.model(
        "all-MiniLM-L6-v2",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, [axis])
            for name, axis in inputs.items()
        ],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", WIDTH])],
    )


def write_graph(file: Path = ENCODER_GRAPH) -> None:
    """Write the graph for the packaged weights to `file`."""
    graph = encoder_graph(tensor_places(packaged_folder() / "model.safetensors"))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(graph.SerializeToString(deterministic=True))


class _EncoderGraph(Graph):
    """A graph whose weights lie in the packaged file."""

    def __init__(self, places: Places) -> None:
        super().__init__()
        self._places = places

    def weight(self, name: str) -> str:
        """Declare a weight of the packaged file."""
        from onnx import TensorProto

        shape, offset, length = self._places[name]
        tensor = TensorProto(name=name, dims=shape, data_type=TensorProto.FLOAT)
        tensor.data_location = TensorProto.EXTERNAL
        place = {"location": "model.safetensors", "offset": str(offset), "length": str(length)}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=value)
        self.initializers.append(tensor)
        return name

    def dense(self, value: str, prefix: str) -> str:
        """Add a linear layer to `value`, shape (pieces, inputs)."""
        weights = [self.weight(f"{prefix}.{part}") for part in ("weight", "bias")]
        return self.node("Gemm", [value, *weights], f"{prefix}.output", transB=1)


def _embedded(graph: _EncoderGraph) -> str:
    """Add word, position and token type embeddings, and which piece may attend to which."""
    prefix = "embeddings"
    words = graph.weight(f"{prefix}.word_embeddings.weight")
    places = graph.weight(f"{prefix}.position_embeddings.weight")
    types = graph.weight(f"{prefix}.token_type_embeddings.weight")
    graph.values("first", [0], np.int64)
    graph.values("second", [1], np.int64)
    graph.values("may", [0.0], np.float32)
    graph.values("may.not", [-1e9], np.float32)
    graph.values("scale", [(WIDTH // HEADS) ** -0.5], np.float32)
    graph.values("heads.shape", [-1, HEADS, WIDTH // HEADS], np.int64)
    graph.values("width.shape", [-1, WIDTH], np.int64)
    graph.node("Unsqueeze", ["text", "first"], "text.row")
    graph.node("Unsqueeze", ["text", "second"], "text.column")
    graph.node("Equal", ["text.row", "text.column"], "same")
    graph.node("Where", ["same", "may", "may.not"], "bias")  # (pieces, pieces)
    graph.node("Gather", [words, "input_ids"], f"{prefix}.words")
    graph.node("Gather", [places, "position_ids"], f"{prefix}.positions")
    graph.node("Gather", [types, "first"], f"{prefix}.type")  # each text is a first segment
    graph.node("Add", [f"{prefix}.words", f"{prefix}.type"], f"{prefix}.typed")
    graph.node("Add", [f"{prefix}.typed", f"{prefix}.positions"], f"{prefix}.sum")
    return graph.normalised(f"{prefix}.sum", f"{prefix}.LayerNorm")


def _layer(graph: _EncoderGraph, prefix: str, hidden: str) -> str:
    """Add one transformer layer (Vaswani et al. 2017) to `hidden`, shape (pieces, 384)."""
    attention = f"{prefix}.attention"
    heads = []
    for part, order in (("query", (1, 0, 2)), ("key", (1, 2, 0)), ("value", (1, 0, 2))):
        name = f"{attention}.self.{part}"
        graph.node("Reshape", [graph.dense(hidden, name), "heads.shape"], f"{name}.split")
        heads.append(graph.node("Transpose", [f"{name}.split"], f"{name}.heads", perm=order))
    query, key, value = heads
    graph.node("Mul", [query, "scale"], f"{attention}.scaled")
    graph.node("MatMul", [f"{attention}.scaled", key], f"{attention}.products")
    graph.node("Add", [f"{attention}.products", "bias"], f"{attention}.scores")
    graph.node("Softmax", [f"{attention}.scores"], f"{attention}.shares", axis=-1)
    graph.node("MatMul", [f"{attention}.shares", value], f"{attention}.mixed")
    graph.node("Transpose", [f"{attention}.mixed"], f"{attention}.together", perm=(1, 0, 2))
    graph.node("Reshape", [f"{attention}.together", "width.shape"], f"{attention}.context")
    return graph.attended(prefix, f"{attention}.context", hidden)


def _pooled(graph: _EncoderGraph, hidden: str) -> None:
    """Add the mean over each text's pieces, scaled to unit length.

    The sum does for the mean: they have one direction.
    """
    graph.node("Unsqueeze", ["texts", "second"], "texts.column")
    graph.node("Equal", ["texts.column", "text.row"], "own")
    graph.node("Cast", ["own"], "weights", to=1)  # (n, pieces), float32
    graph.node("MatMul", ["weights", hidden], "total")
    graph.node("LpNormalization", ["total"], "embedding", axis=-1, p=2)


if __name__ == "__main__":
    write_graph()
