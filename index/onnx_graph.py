"""Writing BERT (Devlin et al. 2019) as ONNX, node by node: always the same file, byte for byte.

Needs the extra `train` (onnx).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
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
_EPSILON = 1e-12


class Graph(ABC):
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

    @abstractmethod
    def weight(self, name: str) -> str:
        """Add the weight of that name; return its name."""

    @abstractmethod
    def dense(self, value: str, prefix: str) -> str:
        """Add a linear layer to `value`, shape (pieces, inputs)."""

    def normalised(self, value: str, prefix: str) -> str:
        """Add layer normalisation (Ba, Kiros and Hinton 2016)."""
        weights = [self.weight(f"{prefix}.{part}") for part in ("weight", "bias")]
        return self.node(
            "LayerNormalization", [value, *weights], f"{prefix}.output", axis=-1, epsilon=_EPSILON
        )

    def attended(self, prefix: str, context: str, hidden: str) -> str:
        """Add what follows attention in a transformer layer (Vaswani et al. 2017).

        Args:
            prefix: of the layer's names.
            context: what attention gives, shape (pieces, width).
            hidden: what went into the layer.
        """
        attention = f"{prefix}.attention"
        taken = self.dense(context, f"{attention}.output.dense")
        self.node("Add", [taken, hidden], f"{attention}.sum")
        middle = self.normalised(f"{attention}.sum", f"{attention}.output.LayerNorm")
        inner = self.dense(middle, f"{prefix}.intermediate.dense")
        self.node("Gelu", [inner], f"{prefix}.active")
        outer = self.dense(f"{prefix}.active", f"{prefix}.output.dense")
        self.node("Add", [outer, middle], f"{prefix}.sum")
        return self.normalised(f"{prefix}.sum", f"{prefix}.output.LayerNorm")

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
