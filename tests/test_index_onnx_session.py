"""Sharing the cores between runs of a network."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from index import onnx_session
from index.onnx_session import Network


class Session:
    """A session that says how many threads it has, and waits until it is let go."""

    def __init__(self, threads: int, inside: Callable[[], None]) -> None:
        self.threads = threads
        self.inside = inside

    def run(self, outputs: Sequence[str], feeds: Mapping[str, Any]) -> int:
        self.inside()
        return self.threads


def network(inside: Callable[[], None] = lambda: None) -> Network:
    return Network(lambda threads: Session(threads, inside))


def at_once(runs: int) -> list[int]:
    """Return how many threads each of several runs at once has."""
    meeting = threading.Barrier(runs)
    shared = network(lambda: meeting.wait(10) and None)
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(shared.run([], {}))) for _ in range(runs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def test_who_is_alone_has_all_cores() -> None:
    alone = network()
    assert [alone.run([], {}) for _ in range(3)] == [2, 2, 2]


def test_the_second_at_once_has_one() -> None:
    assert at_once(2) == [1, 2]


def test_a_crowd_is_remembered_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(onnx_session.time, "monotonic", lambda: clock[0])
    inner: list[int] = []
    calls: list[None] = []

    def nested() -> None:
        calls.append(None)
        if len(calls) == 1:  # another asks while the first run lasts
            inner.append(shared.run([], {}))

    shared = network(nested)
    assert shared.run([], {}) == 2
    assert inner == [1]
    clock[0] += 0.3
    assert shared.run([], {}) == 1
    clock[0] += 0.3  # since the last time that two ran
    assert shared.run([], {}) == 2


def test_no_more_run_at_once_than_there_are_cores() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def inside() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.02)
        with lock:
            running -= 1

    shared = network(inside)
    threads = [threading.Thread(target=shared.run, args=([], {})) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_a_run_that_fails_makes_room_for_the_next() -> None:
    fails = [True, True, False]

    def inside() -> None:
        if fails.pop(0):
            raise RuntimeError("no memory")

    shared = network(inside)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no memory"):
            shared.run([], {})
    assert shared.run([], {}) == 2
