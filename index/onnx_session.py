"""What sessions of onnxruntime have in common: settings, sharing of cores, errors of one line."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import EncoderError, shown

__all__ = ["Network", "loading", "session_options"]

_CORES = 2
_LULL = 0.5  # seconds after which a crowd has gone


class Network:
    """A network that has all cores while it runs alone, and one a run while several run at once.

    Two threads finish a run sooner, but together they take a fifth more processor time than one:
    who is alone wants the former, a crowd the latter. Thread-safe; more runs than cores wait.

    Args:
        load: makes its session (`onnxruntime.InferenceSession`) for a number of threads.
    """

    def __init__(self, load: Callable[[int], Any]) -> None:
        self._load = load
        self._alone = load(_CORES)
        self._shared: Any = None
        self._running = 0
        self._last_crowd = -math.inf
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(_CORES)

    def run(self, outputs: Sequence[str], feeds: Mapping[str, Any]) -> Any:
        """Return the outputs of these names, in their order."""
        with self._free:
            session = self._begin()
            try:
                return session.run(outputs, feeds)
            finally:
                with self._lock:
                    self._running -= 1

    def _begin(self) -> Any:
        """Return the session for a run that begins now: a crowd does not leave between runs."""
        with self._lock:
            now = time.monotonic()
            if self._running:
                self._last_crowd = now
            crowded = now - self._last_crowd < _LULL
            session = self._side_by_side() if crowded else self._alone
            self._running += 1
            return session

    def _side_by_side(self) -> Any:
        if self._shared is None:
            self._shared = self._load(1)
        return self._shared


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
