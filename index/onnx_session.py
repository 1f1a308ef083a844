"""What sessions of onnxruntime have in common: their settings, and the error of one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import EncoderError, shown

__all__ = ["loading", "session_options"]


def session_options(threads: int, *, spinning: bool = False) -> Any:
    """Return `onnxruntime.SessionOptions` for a network that runs on `threads` threads.

    Args:
        threads: how many.
        spinning: whether threads wait for each other awake while the network runs. A short text
            takes four milliseconds then instead of six; a long one gains little, and where cores
            are busy it loses.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spinning)))
    options.add_session_config_entry("session.force_spinning_stop", "1")  # after each run
    return options


@contextmanager
def loading(what: str, model: Path, advice: str = "") -> Iterator[None]:
    """Say in one line why a network cannot be loaded.

    Args:
        what: what the network is, e.g. "the reader".
        model: its ONNX file.
        advice: what to do about it.

    Raises:
        EncoderError: anything went wrong inside.
    """
    try:
        yield
    except Exception as error:  # onnxruntime has a class of exception for each of its states
        reason = " ".join(str(error).split())
        raise EncoderError(
            f"cannot load {what} {shown(model)}: {shown(reason, 160)}{advice and f'; {advice}'}"
        ) from error
