"""The chat as its users run it: `qa ui` in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from index.errors import QAError, shown

__all__ = ["PROGRAM", "Server", "served"]

PROGRAM = (sys.executable, "-c", "from qa.cli import main; main()")
"""What the installed command `qa` runs."""

_URL = re.compile(r"http://\S+")
_START_SECONDS = 600.0
_STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running chat: where it listens, and its process."""

    host: str
    port: int
    pid: int

    @property
    def cpu_seconds(self) -> float | None:
        """Processor time so far; None where the system does not say (elsewhere than on Linux)."""
        try:
            after = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(after[11]) + int(after[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def resident_bytes(self) -> int | None:
        """Memory held now; None where the system does not say."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return None
        found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
        return int(found[1]) * 1024 if found else None


@contextmanager
def served(story: str, home: Path) -> Iterator[Server]:
    """Run `qa ui` until the block ends.

    Args:
        story: name or path of the story that is open first.
        home: its data folder.

    Raises:
        QAError: it does not start.
    """
    command = [*PROGRAM, "ui", "--no-browser", "--story", story]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            env={**os.environ, "QA_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        late = threading.Timer(_START_SECONDS, process.kill)
        late.daemon = True
        late.start()
        try:
            found = next(filter(None, map(_URL.search, process.stdout or ())), None)
            late.cancel()
            if not found:
                status = process.wait(_STOP_SECONDS)
                errors.seek(0)
                said = errors.read().decode("utf-8", "replace").strip().splitlines()
                raise QAError(
                    f"qa ui did not start within {_START_SECONDS:.0f} s: status {status}, "
                    f"{shown(said[-1] if said else 'nothing on stderr')}; run it by hand"
                )
            url = urlsplit(found[0])
            yield Server(url.hostname or "127.0.0.1", url.port or 80, process.pid)
        finally:
            late.cancel()
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()
