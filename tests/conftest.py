"""What the tests share: no network, a data folder of their own, a small story, encoders."""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.encoder import Encoder, Vectors
from index.persist import StoryIndex
from index.stories import make_story

_NOBODY = 65_534

TALE = """\
The Baker of Quarl

Marta Ellis-Boone kept the only bakery in Quarl, a village by the sea. Her brother Tobin sold \
fish at the harbour. Because the mill had burnt down, Marta closed the bakery on a Tuesday.

"Where will you go?" asked Tobin. "To Hask," she said. "They need bakers there."

She packed three loaves and a copper kettle, and walked over the hills to Hask. In Hask she met \
Dr. Ines Pell, who lent her forty crowns. Tobin wrote to her every week, but he never left the sea\
"""


class LetterEncoder:
    """A quick stand-in for a model: texts that share groups of three letters are near."""

    def __init__(self, name: str = "letters", digest: str = "0" * 64) -> None:
        self.name = name
        self.digest = digest

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), 32), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[0] = 0.01
            for n in range(len(text) - 2):
                group = text[n : n + 3].lower().encode("utf-8", "surrogatepass")
                row[hashlib.sha256(group).digest()[0] % 32] += 1
            row /= np.linalg.norm(row)
        return rows


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Let sockets reach this machine only: whatever asks for more fails the test."""
    patch = pytest.MonkeyPatch()
    connect, connect_ex, getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def allowed(address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"  # a path: AF_UNIX
        if host not in {"127.0.0.1", "::1", "localhost", "0.0.0.0", "", None}:
            raise AssertionError(f"the network was asked for {address!r}")

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: socket.socket, address: Any) -> Any:
            allowed(address)
            return real(self, address)

        return call

    def resolve(host: Any, *args: Any, **options: Any) -> Any:
        allowed((host.decode() if isinstance(host, bytes) else host,))
        return getaddrinfo(host, *args, **options)

    patch.setattr(socket.socket, "connect", guarded(connect))
    patch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
    patch.setattr(socket, "getaddrinfo", resolve)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _own_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Any) -> None:
    """Keep indexes that a test makes by default out of the user's data folder."""
    base = tmp_path_factory.getbasetemp() / "qa-home"
    monkeypatch.setenv("QA_HOME", str(base))


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The packaged MiniLM, the same object that the commands use."""
    from qa.agent import default_encoder

    return default_encoder()


@pytest.fixture
def letters() -> LetterEncoder:
    return LetterEncoder()


@pytest.fixture
def make_letters() -> type[LetterEncoder]:
    return LetterEncoder


@pytest.fixture(scope="session")
def tale_text() -> str:
    return TALE


@pytest.fixture(scope="session")
def tale_index(encoder: Encoder) -> StoryIndex:
    """A small story, parsed and embedded by the real models."""
    from index.build import build_index

    return build_index(make_story("tale", TALE), encoder)


@pytest.fixture
def tale_file(tmp_path: Path) -> Path:
    path = tmp_path / "tale.txt"
    path.write_text(TALE, encoding="utf-8")
    return path


@pytest.fixture
def as_nobody(tmp_path: Path) -> Iterator[None]:
    """Drop root's rights over files for one test, in which `tmp_path` is nobody's own."""
    if os.geteuid() != 0:
        yield
        return
    reachable = []
    # Python and its packages too: they may lie in a folder of root's own.
    needed = (tmp_path, Path(sys.prefix), Path(sys.base_prefix), Path(__file__))
    for folder in {above for path in needed for above in (path, *path.parents) if above.is_dir()}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            reachable.append((folder, mode))
            folder.chmod(mode | 0o055)  # the group stays root's
    os.chown(tmp_path, _NOBODY, _NOBODY)
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        for folder, mode in reachable:
            folder.chmod(mode)


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Let torch have one thread: more cost more than they bring to a network of a test's size."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
