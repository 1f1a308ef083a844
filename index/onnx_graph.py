"""Writing a network as ONNX node by node, so that the file comes out the same byte for byte.

Needs the extra `train` (onnx).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, ValueInfoProto

__all__ = ["RUNTIME", "Graph"]

RUNTIME = "com.microsoft"
"""The domain of the operators that onnxruntime adds to those of ONNX."""

_OPSET = 20  # the first with Gelu
_IR_VERSION = 9


class Graph:
    """Nodes and initializers as they are added. A node has the name of its first output."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def node(self, kind: str, inputs: Sequence[str], *names: str, **attributes: Any) -> str:
        """Add a node with outputs `names`; return the first. `domain` is an attribute, too."""
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, names, name=names[0], **attributes))
        return names[0]

    def values(self, name: str, values: Any, kind: Any = None) -> str:
        """Add an array that the graph's file holds, of the NumPy type `kind`; return its name."""
        from onnx import numpy_helper

        array = np.array(values, dtype=kind, order="C")
        self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def model(
        self, name: str, inputs: Sequence[ValueInfoProto], outputs: Sequence[ValueInfoProto]
    ) -> ModelProto:
        """Return the model with the nodes so far."""
        from onnx import helper

        return helper.make_model(
            helper.make_graph(self.nodes, name, inputs, outputs, self.initializers),
            opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(RUNTIME, 1)],
            ir_version=_IR_VERSION,
            producer_name="story-qa",
        )
