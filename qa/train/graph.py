"""The reader's network as ONNX with int8 weights and int8 arithmetic, for onnxruntime.

BERT (Devlin et al. 2019) with a head for spans and one for answerability, node by node. Weights
have one scale for each output channel; what they are multiplied with is quantised as it comes, with
one scale for a whole tensor. A few channels of it are many times as loud as all others and would
leave these few steps; they are multiplied apart, in float32 (LLM.int8(): Dettmers et al. 2022).

Needs the extra `train` (onnx).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.onnx_graph import RUNTIME, Graph

if TYPE_CHECKING:
    from onnx import ModelProto

__all__ = ["Loud", "Weights", "loud_channels", "reader_graph"]

_LOUD = 2  # channels; with four or eight the logits come no nearer to float32
_LOUD_LAYERS = 4  # from the bottom; above them no channel is that much louder
_ROWS, _LENGTH, _ASKED = 16, 128, 16  # of random input in which loud channels are looked for

Weights = Mapping[str, NDArray[np.float32]]
"""Weights by name, as the state of `qa.train.model.Network` has them."""

Loud = Mapping[str, Sequence[int]]
"""Channels that are multiplied in float32, by the product they go into."""


def reader_graph(
    weights: Weights, heads: int, loud: Loud | None, shown: Sequence[str] = ()
) -> ModelProto:
    """Return the network's graph.

    Inputs, int64, shape (windows, length): `input_ids`, `attention_mask`, `token_type_ids`.
    Outputs, float32: `start` and `end`, shape (windows, length), `answerable`, shape (windows,).

    Args:
        weights: of the network.
        heads: of its attention.
        loud: channels that int8 cannot hold; None for float32 throughout.
        shown: names of more nodes whose values are outputs.
    """
    from onnx import TensorProto, helper

    graph = _ReaderGraph(weights, heads, loud)
    hidden = graph.embedded()
    for layer in range(_layers(weights)):
        hidden = graph.layer(f"encoder.layer.{layer}", hidden)
    graph.heads(hidden)
    inputs = ("input_ids", "attention_mask", "token_type_ids")
    outputs = {"start": ["windows", "length"], "end": ["windows", "length"]}
    outputs["answerable"] = ["windows"]
    return graph.model(
        "Story QA reader",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["windows", "length"])
            for name in inputs
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in (*outputs.items(), *((name, None) for name in shown))
        ],
    )


def loud_channels(weights: Weights, heads: int) -> Loud:
    """Return the channels with the highest values, for the products that have such.

    They are the same whatever is read, so that random word pieces show them.

    Args:
        weights: of the network.
        heads: of its attention.
    """
    import onnxruntime

    products = [
        f"encoder.layer.{layer}.{part}.dense"
        for layer in range(min(_LOUD_LAYERS, _layers(weights)))
        for part in ("intermediate", "output")
    ]
    inputs = {name: _input(name) for name in products}
    session = onnxruntime.InferenceSession(
        reader_graph(weights, heads, None, list(inputs.values())).SerializeToString(),
        providers=["CPUExecutionProvider"],
    )
    words = len(weights["encoder.embeddings.word_embeddings.weight"])
    ids = np.random.default_rng(0).integers(words // 15, words, (_ROWS, _LENGTH))
    ids[:, 0], ids[:, _ASKED], ids[:, -1] = 101, 102, 102  # [CLS], [SEP]
    types = np.zeros_like(ids)
    types[:, _ASKED + 1 :] = 1
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}
    values = session.run(list(inputs.values()), feeds)
    return {
        name: np.sort(np.argsort(-np.abs(found).max(axis=0), kind="stable")[:_LOUD]).tolist()
        for name, found in zip(inputs, values, strict=True)
    }


def _layers(weights: Weights) -> int:
    return sum(name.endswith(".attention.self.query.weight") for name in weights)


def _input(product: str) -> str:
    """Return the node whose value goes into a product of the feed-forward part."""
    prefix, part, _ = product.rsplit(".", 2)
    return f"{prefix}.active" if part == "output" else f"{prefix}.attention.output.LayerNorm.output"


class _ReaderGraph(Graph):
    def __init__(self, weights: Weights, heads: int, loud: Loud | None) -> None:
        super().__init__()
        self._weights = weights
        self._heads = heads
        self._loud = loud
        self._width = weights["encoder.embeddings.LayerNorm.weight"].shape[0]

    def embedded(self) -> str:
        """Add embeddings and the shapes that all layers use; the value is (pieces, width)."""
        prefix = "embeddings"
        for name, value in (("zero", 0), ("one", 1), ("first", [0]), ("second", [1])):
            self.values(name, value, np.int64)
        self.values("flat", [-1, self._width], np.int64)
        self.values("width", [self._width], np.int64)
        self.values("thirds", [self._width] * 3, np.int64)
        self.node("Shape", ["input_ids"], "shape")
        self.node("Gather", ["shape", "second"], "length")
        self.node("Concat", ["shape", "width"], "apart", axis=0)  # (windows, length, width)
        self.node("Cast", ["attention_mask"], "mask", to=6)  # int32
        words = self._words(f"{prefix}.word_embeddings")
        types = self.weight(f"{prefix}.token_type_embeddings.weight")
        places = self.weight(f"{prefix}.position_embeddings.weight")
        self.node("Gather", [types, "token_type_ids"], f"{prefix}.types")
        self.node("Slice", [places, "first", "length", "first"], f"{prefix}.places")
        self.node("Add", [words, f"{prefix}.types"], f"{prefix}.typed")
        self.node("Add", [f"{prefix}.typed", f"{prefix}.places"], f"{prefix}.sum")
        found = self.normalised(f"{prefix}.sum", f"{prefix}.LayerNorm")
        return self.node("Reshape", [found, "flat"], f"{prefix}.output")

    def layer(self, prefix: str, hidden: str) -> str:
        """Add one transformer layer (Vaswani et al. 2017) to `hidden`, shape (pieces, width)."""
        attention = f"{prefix}.attention"
        parts = [f"{attention}.self.{part}" for part in ("query", "key", "value")]
        together = self._together(hidden, f"{attention}.self", parts)
        self.node("Split", [together, "thirds"], *(f"{part}.flat" for part in parts), axis=1)
        heads = [self.node("Reshape", [f"{part}.flat", "apart"], part) for part in parts]
        self.node(
            "MultiHeadAttention",
            [*heads, "", "mask"],
            f"{attention}.mixed",
            domain=RUNTIME,
            num_heads=self._heads,
        )
        context = self.node("Reshape", [f"{attention}.mixed", "flat"], f"{attention}.context")
        return self.attended(prefix, context, hidden)

    def heads(self, hidden: str) -> None:
        """Add what is read off the last layer, in float32."""
        self._linear(hidden, "span")
        self.values("pair", [2], np.int64)
        self.node("Concat", ["shape", "pair"], "span.shape", axis=0)
        self.node("Reshape", ["span", "span.shape"], "span.apart")
        self.node("Gather", ["span.apart", "zero"], "start", axis=2)
        self.node("Gather", ["span.apart", "one"], "end", axis=2)
        self.node("Reshape", [hidden, "apart"], "hidden.apart")
        self.node("Gather", ["hidden.apart", "zero"], "window", axis=1)  # at [CLS]
        self.node("Squeeze", [self._linear("window", "answerable.column"), "second"], "answerable")

    def weight(self, name: str) -> str:
        """Add a weight of the encoder."""
        return self.values(name, self._weights[f"encoder.{name}"])

    def _linear(self, value: str, name: str) -> str:
        head = name.partition(".")[0]
        weight = self.values(f"{head}.weight", self._weights[f"{head}.weight"])
        bias = self.values(f"{head}.bias", self._weights[f"{head}.bias"])
        return self.node("Gemm", [value, weight, bias], name, transB=1)

    def dense(self, value: str, prefix: str) -> str:
        """Add a linear layer to `value`, shape (pieces, inputs)."""
        return self._together(value, prefix, [prefix])

    def _together(self, value: str, name: str, parts: Sequence[str]) -> str:
        """Add several linear layers on one input as one: their outputs side by side."""
        rows = [f"encoder.{part}" for part in parts]
        weights = np.concatenate([self._weights[f"{row}.weight"].T for row in rows], axis=1)
        bias = self.values(
            f"{name}.bias", np.concatenate([self._weights[f"{row}.bias"] for row in rows])
        )
        out = f"{name}.output"
        if self._loud is None:
            return self.node("Gemm", [value, self.values(f"{name}.weight", weights), bias], out)
        loud = list(self._loud.get(name, ()))
        if not loud:
            return self._product(value, weights, bias, name, out)
        quiet = np.ones(len(weights), np.float32)
        quiet[loud] = 0
        rest = self.node("Mul", [value, self.values(f"{name}.quiet", quiet)], f"{name}.rest")
        added = self._product(rest, weights * quiet[:, None], bias, name, f"{name}.added")
        picked = self.values(f"{name}.loud", loud, np.int64)
        self.node("Gather", [value, picked], f"{name}.picked", axis=1)
        return self.node(
            "Gemm", [f"{name}.picked", self.values(f"{name}.weight", weights[loud]), added], out
        )

    def _product(
        self, value: str, weights: NDArray[np.float32], bias: str, name: str, out: str
    ) -> str:
        """Add a product in int8, with the bias added in float32."""
        small, scale = _int8(weights, axis=0)
        inputs = [
            value,
            self.values(f"{name}.int8", small),
            self.values(f"{name}.scale", scale.ravel()),
            "",
            bias,
        ]
        return self.node("DynamicQuantizeMatMul", inputs, out, domain=RUNTIME)

    def _words(self, name: str) -> str:
        """Add the word embeddings, in int8 with a scale for each word."""
        weights = self._weights[f"encoder.{name}.weight"]
        if self._loud is None:
            return self.node("Gather", [self.values(name, weights), "input_ids"], f"{name}.output")
        small, scale = _int8(weights, axis=1)
        self.node("Gather", [self.values(f"{name}.int8", small), "input_ids"], f"{name}.found")
        self.node("Gather", [self.values(f"{name}.scale", scale), "input_ids"], f"{name}.scales")
        self.node("Cast", [f"{name}.found"], f"{name}.floats", to=1)  # float32
        return self.node("Mul", [f"{name}.floats", f"{name}.scales"], f"{name}.output")


def _int8(weights: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return a matrix as int8, and its scales along `axis`."""
    highest = np.abs(weights).max(axis=axis, keepdims=True)
    scale = np.maximum(highest, 1e-12).astype(np.float32) / 127
    return np.rint(weights / scale).astype(np.int8), scale
