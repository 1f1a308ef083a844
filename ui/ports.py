"""Which port the chat listens on."""

from __future__ import annotations

import socket
import sys
from contextlib import closing

from index.errors import QAError, shown

__all__ = ["free_port"]

_PORTS = (7860, 7960)


def free_port(host: str, port: int | None) -> int:
    """Return `port` if it can be listened on, or for None the first from 7860 that can be.

    Gradio's own search leaves a socket open for every port that it finds taken.
    """
    for candidate in range(*_PORTS) if port is None else (port,):
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            family, kind, _, _, address = found[0]
            with closing(socket.socket(family, kind)) as probe:
                if sys.platform != "win32":
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address[0], candidate, *address[2:]))
                return candidate
        except (OSError, OverflowError, UnicodeError) as error:
            problem: Exception = error
    where = host if port is None else f"{host}:{port}"
    reason = getattr(problem, "strerror", None) or problem
    raise QAError(f"cannot listen on {shown(where)}: {reason}; name another --port or --host")
