"""Cold starts: a command in fresh processes, with its wall and processor time and peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from eval.speed.records import ColdStart
from index.errors import QAError, shown

__all__ = ["cold_start"]

_TIMEOUT = 600.0

# A process of its own starts the command: the peak memory that the system reports for a child
# begins with what its parent held, and this one holds next to nothing.
_LAUNCHER = """
import json, os, sys, time
out, err, *command = sys.argv[1:]
opened = [(os.POSIX_SPAWN_OPEN, n, path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
          for n, path in ((1, out), (2, err))]
start = time.perf_counter()
child = os.posix_spawn(command[0], command, os.environ, file_actions=opened)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - start
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, usage.ru_utime + usage.ru_stime,
                  usage.ru_maxrss * unit]))
"""


def cold_start(
    system: str,
    command: Sequence[str],
    runs: int,
    env: Mapping[str, str] | None = None,
    statuses: Sequence[int] = (0,),
) -> ColdStart:
    """Run a command once unmeasured, so that files are cached and indexes built, then `runs` times.

    Args:
        system: what it is called.
        command: a program's path and its arguments.
        runs: how many runs are measured, at least one.
        env: added to this process's environment.
        statuses: exit statuses of a run that has done its work.

    Raises:
        QAError: a run ends with another status, or this is not a POSIX system.
    """
    if not hasattr(os, "posix_spawn"):
        raise QAError(f"cold starts are not measured on {sys.platform}; run on Linux or macOS")
    found = [_run(system, command, env or {}, statuses) for _ in range(runs + 1)][1:]
    seconds, cpu, peak = (median(column) for column in zip(*found, strict=True))
    return ColdStart(system, runs, seconds, cpu, peak)


def _run(
    system: str, command: Sequence[str], env: Mapping[str, str], statuses: Sequence[int]
) -> tuple[float, float, float]:
    given = {**os.environ, **env}
    given.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled beforehand
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        launched = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(out), str(err), *command],
            env=given,
            stdout=subprocess.PIPE,
            timeout=_TIMEOUT,
            check=True,
        )
        status, seconds, cpu, peak = json.loads(launched.stdout)
        if status not in statuses:
            said = err.read_text("utf-8", "replace").strip().splitlines()
            raise QAError(
                f"the cold start of {system} ended with status {status}: "
                f"{shown(said[-1] if said else '')}; run it by hand: {' '.join(command)[:200]}"
            )
    return seconds, cpu, peak
