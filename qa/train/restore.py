"""From a reader that was exported to int8 back to weights that training can go on from.

Needs the extra `train` (onnx).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import DataError, shown
from qa.train.extra import needed

__all__ = ["weights_of"]

_PARTS = ("query", "key", "value")  # that are multiplied as one


def weights_of(file: Path) -> dict[str, NDArray[np.float32]]:
    """Return the weights of a reader that `qa.train.graph` wrote, as `Network`'s state has them.

    They differ from those that were exported by what int8 rounds off: half a step at most.

    Raises:
        DataError: the file cannot be read, or is not such a reader.
        QAError: onnx is not installed.
    """
    needed()
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import numpy_helper

    try:
        graph = onnx.load(file).graph
    except (OSError, DecodeError) as error:
        raise DataError(f"cannot read {shown(file)} as ONNX: {shown(error)}") from error
    values = {part.name: numpy_helper.to_array(part) for part in graph.initializer}
    try:
        found = {
            f"{head}.{part}": values[f"{head}.{part}"]
            for head in ("span", "answerable")
            for part in ("weight", "bias")
        }
        for name, value in values.items():
            prefix, _, part = name.rpartition(".")
            if part == "int8" and prefix == "embeddings.word_embeddings":
                found[f"encoder.{prefix}.weight"] = value * values[f"{prefix}.scale"]
            elif part == "int8":
                whole = value * values[f"{prefix}.scale"]
                if f"{prefix}.loud" in values:
                    whole[values[f"{prefix}.loud"]] = values[f"{prefix}.weight"]
                found |= _apart(prefix, whole, values[f"{prefix}.bias"])
            elif "LayerNorm" in prefix or prefix.startswith("embeddings."):
                found.setdefault(f"encoder.{name}", value)
    except KeyError as error:
        raise DataError(
            f"{shown(file)} is not a reader that this program exported: it lacks {shown(error)}"
        ) from error
    found.pop("encoder.embeddings.word_embeddings.scale")
    return {name: np.array(value, np.float32) for name, value in found.items()}


def _apart(
    prefix: str, whole: NDArray[np.float32], bias: NDArray[np.float32]
) -> dict[str, NDArray[np.float32]]:
    """Return one linear layer, or the three that attention multiplies as one."""
    if not prefix.endswith(".self"):
        return {f"encoder.{prefix}.weight": whole.T, f"encoder.{prefix}.bias": bias}
    found = {}
    for part, weight, offset in zip(
        _PARTS, np.split(whole, 3, axis=1), np.split(bias, 3), strict=True
    ):
        found[f"encoder.{prefix}.{part}.weight"] = weight.T
        found[f"encoder.{prefix}.{part}.bias"] = offset
    return found
