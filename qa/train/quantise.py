"""Making an ONNX file small: weights as int8, with as much of the arithmetic as bears it.

Dynamic quantisation gives a whole activation tensor one scale, which costs the early layers of this
network more than the later ones. Where it costs too much, only the weights are int8: each output
channel has its scale, and they are float32 again once the file is loaded.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

__all__ = ["DYNAMIC", "quantise"]

DYNAMIC = re.compile(r"/layer\.[345]/(?!output/dense)")
"""The matrix products, by name, that are computed in int8."""


def quantise(whole: Path, file: Path, dynamic: re.Pattern[str] = DYNAMIC) -> None:
    """Write the float32 model `whole` to `file` with int8 weights.

    Args:
        whole: the exported model.
        file: where to write; replaced.
        dynamic: the products computed in int8, too (dynamic quantisation).
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = file.with_suffix(".prepared.onnx")
    quant_pre_process(str(whole), str(prepared), skip_symbolic_shape=True)
    model = onnx.load(prepared)
    products = _products(model)
    kept = [node for node in products if not dynamic.search(node.name)]
    quantize_dynamic(
        str(prepared),
        str(file),
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=[node.name for node in kept],
    )
    prepared.unlink()
    model = onnx.load(file)
    names = {node.name for node in kept}
    for node in [node for node in _products(model) if node.name in names]:
        _pack_weights(model, node)
    _pack_embeddings(model)
    onnx.checker.check_model(model)
    onnx.save(model, file)


def _products(model: ModelProto) -> list[NodeProto]:
    """Return the encoder's products with a weight matrix; the heads' are small and stay."""
    constant = {initializer.name for initializer in model.graph.initializer}
    return [
        node
        for node in model.graph.node
        if node.op_type == "MatMul" and "/encoder/" in node.name and node.input[1] in constant
    ]


def _pack_weights(model: ModelProto, node: NodeProto) -> None:
    """Replace a product's weights by int8 ones and a scale for each output channel."""
    from onnx import TensorProto, helper

    name = node.input[1]
    _store(model, name, axis=0)
    # Not DequantizeLinear: onnxruntime would leave that in the graph, and run it at each call.
    cast = helper.make_node("Cast", [f"{name}_int8"], [f"{name}_cast"], to=TensorProto.FLOAT)
    scaled = helper.make_node("Mul", [f"{name}_cast", f"{name}_scale"], [name])
    for place, made in enumerate((cast, scaled)):
        model.graph.node.insert(place, made)


def _pack_embeddings(model: ModelProto) -> None:
    """Replace the word embeddings by int8 ones and a scale for each word, looked up together."""
    from onnx import TensorProto, helper

    place, node = next(
        (n, node)
        for n, node in enumerate(model.graph.node)
        if node.op_type == "Gather" and "word_embeddings" in node.name
    )
    name, words, out = node.input[0], node.input[1], node.output[0]
    _store(model, name, axis=1)
    model.graph.node.remove(node)
    for made in (
        helper.make_node("Mul", [f"{name}_floats", f"{name}_scales"], [out]),
        helper.make_node("Gather", [f"{name}_scale", words], [f"{name}_scales"]),
        helper.make_node("Cast", [f"{name}_looked_up"], [f"{name}_floats"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [f"{name}_int8", words], [f"{name}_looked_up"]),
    ):
        model.graph.node.insert(place, made)


def _store(model: ModelProto, name: str, axis: int) -> None:
    """Replace the matrix `name` by `name_int8` and `name_scale`, one scale along `axis`."""
    from onnx import numpy_helper

    tensor = next(t for t in model.graph.initializer if t.name == name)
    weights = numpy_helper.to_array(tensor)
    highest = np.abs(weights).max(axis=axis, keepdims=True)
    scale = np.maximum(highest, 1e-12).astype(np.float32) / 127
    small = np.rint(weights / scale).astype(np.int8)
    model.graph.initializer.remove(tensor)
    model.graph.initializer.append(numpy_helper.from_array(small, f"{name}_int8"))
    model.graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
