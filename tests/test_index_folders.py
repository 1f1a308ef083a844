"""Real processes: two that build one index at once, one that is killed, one whose disk is full."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from index.errors import StorageError
from index.folders import data_folder, folder_name, locked
from index.persist import load_index

ROOT = Path(__file__).resolve().parent.parent
PREAMBLE = """
import sys, time
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
from conftest import LetterEncoder
import index.library
from index.build import build_index
from index.library import Library
home, story, barrier = map(Path, sys.argv[1:4])
library = Library(home, LetterEncoder())
def wait_for_the_others(n):
    (barrier / str(__import__("os").getpid())).touch()
    while len(list(barrier.iterdir())) < n:
        time.sleep(0.01)
def counted(*args, **options):
    print("built", flush=True)
    return build_index(*args, **options)
index.library.build_index = counted
""".format(root=str(ROOT), tests=str(ROOT / "tests"))


@pytest.fixture
def places(tmp_path: Path) -> Sequence[Path]:
    """A data folder, a story file of some length, and a folder to wait for one another in."""
    story = tmp_path / "gull.txt"
    story.write_text("\n\n".join(f"Ada met sailor {n} at the pier." for n in range(100)), "utf-8")
    (tmp_path / "barrier").mkdir()
    return tmp_path / "home", story, tmp_path / "barrier"


def start(program: str, places: Sequence[Path]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + program, *map(str, places)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_processes_that_build_one_index_at_once(places: Sequence[Path]) -> None:
    program = """
from index.language import load_language
load_language()
wait_for_the_others(2)
found = library.open(str(story))
print(len(found.passages), found.story.story_id)
"""
    running = [start(program, places) for _ in range(2)]
    outputs = [process.communicate(timeout=100) for process in running]
    assert [process.returncode for process in running] == [0, 0], outputs
    lines = [line for out, _ in outputs for line in out.splitlines()]
    assert sorted(lines) == ["100 gull"] * 2 + ["built"]
    indexes = places[0] / "indexes"
    assert sorted(f.name for f in indexes.iterdir()) == [".gull.lock", "gull"]
    assert len(load_index(indexes / "gull").passages) == 100


def test_process_killed_while_it_writes(places: Sequence[Path], letters: Any) -> None:
    program = """
import index.persist, os, time
write = index.persist._write_files
def slow(*args):
    write(*args)
    print("written", flush=True)
    time.sleep(100)
index.persist._write_files = slow
library.open(str(story))
"""
    process = start(program, places)
    assert process.stdout
    for line in process.stdout:
        if line == "written\n":
            break
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    indexes = places[0] / "indexes"
    assert (indexes / ".gull.new").is_dir()
    from index.library import Library

    library = Library(places[0], letters)
    assert library.names() == []
    assert len(library.open(str(places[1])).passages) == 100
    assert sorted(f.name for f in indexes.iterdir()) == [".gull.lock", "gull"]


def test_full_disk(places: Sequence[Path]) -> None:
    # Whichever file the disk is too full for: real writes fail beyond the limit.
    program = """
import resource, warnings
warnings.simplefilter("always")
story.write_text(" ".join(story.read_text().split("\\n\\n")[:40]))
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
for limit in (100, 2_000, 5_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    with warnings.catch_warnings(record=True) as caught:
        found = library.open(str(story))
    said = [w for w in caught if "answering from memory" in str(w.message)]
    try:
        library.add(story)
    except Exception as error:
        print(limit, len(found.passages), len(said), type(error).__name__)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
print(len(library.open(str(story)).passages), library.names())
"""
    process = start(program, places)
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    said = [line for line in out.splitlines() if line != "built"]
    assert said == [
        "100 40 1 StorageError",
        "2000 40 1 StorageError",
        "5000 40 1 StorageError",
        "40 ['gull']",
    ]
    assert sorted(f.name for f in (places[0] / "indexes").iterdir()) == [".gull.lock", "gull"]


def test_lock_is_held_against_others_and_given_up(tmp_path: Path) -> None:
    from filelock import FileLock, Timeout

    folder = tmp_path / "indexes" / "gull"
    lock = tmp_path / "indexes" / ".gull.lock"
    with locked(folder), pytest.raises(Timeout):
        FileLock(lock, timeout=0.05).acquire()
    with FileLock(lock, timeout=0.05):
        pass


def test_lock_that_another_process_never_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.folders._LOCK_SECONDS", 0.05)
    folder = tmp_path / "gull"
    start = time.monotonic()
    with locked(folder), pytest.raises(StorageError, match="another process has held"):  # noqa: SIM117
        with locked(folder):
            raise AssertionError("both hold it")
    assert time.monotonic() - start < 5


def test_lock_is_given_up_when_the_work_fails(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), locked(tmp_path / "gull"):
            _ = 1 / 0


def test_data_folder_is_what_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_HOME", "/some/where")
    assert data_folder() == Path("/some/where")
    monkeypatch.setenv("QA_HOME", "")
    monkeypatch.setenv("XDG_DATA_HOME", "/xdg")
    if sys.platform == "linux":
        assert data_folder() == Path("/xdg/story-qa")


@pytest.mark.parametrize(
    ("name", "folder"),
    [("a/b\\c", "a-b-c"), ("", "story"), ("--", "story"), ("a..b", "a..b"), ("x" * 300, "x" * 100)],
)
def test_folder_name(name: str, folder: str) -> None:
    assert folder_name(name) == folder
    assert os.sep not in folder
