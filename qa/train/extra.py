"""What the extra `train` installs besides."""

from __future__ import annotations

from importlib.util import find_spec

from index.errors import QAError

__all__ = ["needed"]


def needed() -> None:
    """Do nothing where the extra `train` is installed.

    Raises:
        QAError: it is not. Better said before hours of training than when their fruit is exported.
    """
    if find_spec("onnx") is None:
        raise QAError(
            "readers are written and read as ONNX with the package onnx, which is missing; "
            "install it: pip install 'onnx>=1.17'"
        )
