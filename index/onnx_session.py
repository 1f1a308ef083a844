"""What sessions of onnxruntime have in common: their settings, and the error of one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import EncoderError, shown

__all__ = ["loading", "session_options"]


def session_options(threads: int) -> Any:
    """Return `onnxruntime.SessionOptions` for a network that runs on `threads` threads."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that stay awake while the network runs read a tenth faster and embed a third; were
    # they awake between runs, too, they would take the cores from everything else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "1")
    options.add_session_config_entry("session.force_spinning_stop", "1")
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
