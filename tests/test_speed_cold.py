"""Cold starts of small programs whose time and memory are known."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from eval.speed import server as servers
from eval.speed.cold import cold_start
from eval.speed.server import Server, served
from index.errors import QAError


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code]


def test_time_and_memory_of_a_fresh_process(tmp_path: Path) -> None:
    count = tmp_path / "count"
    code = f"""
import os, time
with open({str(count)!r}, "a") as file: file.write(os.environ["GIVEN"])
kept = b"x" * 90_000_000
time.sleep(0.3)
"""
    found = cold_start("sleepy", python(code), 2, {"GIVEN": "y"})
    assert count.read_text() == "yyy"  # the first run does not count
    assert (found.system, found.runs) == ("sleepy", 2)
    assert found.seconds >= 0.3
    assert found.cpu_seconds > 0
    assert 90_000_000 < found.peak_bytes < 150_000_000  # nothing of this process's own memory


def test_a_status_that_is_no_answer() -> None:
    code = "import sys; print('out'); print('bad weather', file=sys.stderr); sys.exit(2)"
    with pytest.raises(QAError, match=r"of stormy ended with status 2: 'bad weather'") as caught:
        cold_start("stormy", python(code), 1)
    assert "\n" not in str(caught.value)
    assert cold_start("stormy", python("import sys; sys.exit(1)"), 1, statuses=(0, 1)).runs == 1


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_process_is_looked_at() -> None:
    server = Server("127.0.0.1", 1, os.getpid())
    before = time.process_time()
    assert server.cpu_seconds == pytest.approx(before, abs=0.5)
    assert 10_000_000 < (server.resident_bytes or 0) < 50_000_000_000
    assert Server("127.0.0.1", 1, 2**30).cpu_seconds is None
    assert Server("127.0.0.1", 1, 2**30).resident_bytes is None


def test_a_server_is_waited_for_and_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = """
import os, sys, time
print("warming up")
print(f"Story QA: http://127.0.0.1:4321/ (stop with Ctrl+C) {os.environ['QA_HOME']}", flush=True)
open(sys.argv[-1], "w").write(" ".join(sys.argv[1:-1]))
time.sleep(600)
"""
    monkeypatch.setattr(servers, "PROGRAM", python(code))
    seen = tmp_path / "seen"
    with served(str(seen), tmp_path) as server:
        assert (server.host, server.port) == ("127.0.0.1", 4321)
        os.kill(server.pid, 0)
        for _ in range(1000):
            if seen.exists() and seen.read_text():
                break
            time.sleep(0.05)
        assert seen.read_text() == "ui --no-browser --story"
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)


def test_a_server_that_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys; print('no luck', file=sys.stderr); sys.exit(2)"
    monkeypatch.setattr(servers, "PROGRAM", python(code))
    said = "start within 600 s: status 2, 'no luck'"
    with pytest.raises(QAError, match=said), served("s", tmp_path):
        pass
