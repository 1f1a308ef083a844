"""Running a system in processes of its own: for honest memory and start-up, or for all cores."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Generator, Mapping, Sequence
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from typing import Any

from eval.asking import ask_all
from eval.dataset import Example
from eval.records import Cost
from eval.records import Event as RunEvent
from eval.systems import System
from index.errors import QAError
from index.records import Story

__all__ = ["share"]

_WAIT_SECONDS = 0.5
_STOP_SECONDS = 5.0


def share(
    system: System,
    stories: Mapping[str, Story],
    groups: Sequence[Sequence[Example]],
    workers: int,
) -> Generator[RunEvent]:
    """Yield the rows that `workers` fresh processes make of `groups`, then one cost.

    Each process takes the next story as it gets free. Start-up time and peak memory are those of
    the process with the most.

    Raises:
        QAError: the system cannot be used, or a process died.
    """
    workers = min(workers, len(groups))
    context = multiprocessing.get_context("spawn")  # threads of torch and FAISS do not fork
    tasks: Queue[int | None] = context.Queue()
    results: Queue[Any] = context.Queue()
    for task in [*range(len(groups)), *[None] * workers]:
        tasks.put(task)
    stop = context.Event()
    threads = max(1, (os.cpu_count() or 1) // workers)
    processes = [
        context.Process(
            target=_serve,
            args=(system, stories, groups, tasks, results, stop, threads),
            daemon=True,
        )
        for _ in range(workers)
    ]
    costs: list[Cost] = []
    try:
        for process in processes:
            process.start()
        while len(costs) < workers:
            event = _next(results, processes)
            if isinstance(event, BaseException):
                raise event
            if isinstance(event, Cost):
                costs.append(event)
            else:
                yield event
        for process in processes:
            process.join()
    finally:
        stop.set()
        _end(processes)
    yield _joined(costs)


def _end(processes: Sequence[Any]) -> None:
    """Wait until the processes have stopped; one that is busy for long is stopped by force."""
    for process in processes:
        if process.pid is not None:
            process.join(_STOP_SECONDS)
            if process.is_alive():
                process.kill()
                process.join()


def _next(results: Queue[Any], processes: Sequence[Any]) -> Any:
    import queue

    while True:
        dead = [p for p in processes if p.exitcode not in (None, 0)]
        try:
            return results.get(timeout=_WAIT_SECONDS)
        except queue.Empty:
            if dead:
                raise QAError(
                    f"a process of the evaluation ended with status {dead[0].exitcode}; "
                    "it may have run out of memory: run it again with fewer --workers"
                ) from None


def _serve(
    system: System,
    stories: Mapping[str, Story],
    groups: Sequence[Sequence[Example]],
    tasks: Queue[int | None],
    results: Queue[Any],
    stop: Event,
    threads: int,
) -> None:
    """Work off tasks in a fresh process; an error goes to the parent as the last result."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent alone decides, and ends this one
    os.environ["OMP_NUM_THREADS"] = str(threads)  # read when torch and FAISS are first imported
    parent = multiprocessing.parent_process()
    try:
        taken = (groups[task] for task in iter(tasks.get, None))
        for event in ask_all(system, stories, taken):
            if stop.is_set() or (parent is not None and not parent.is_alive()):
                results.cancel_join_thread()  # nobody reads what is left
                return
            results.put(event)
    except QAError as error:
        results.put(error)
    except Exception:
        import traceback

        results.put(RuntimeError(traceback.format_exc()))


def _joined(costs: Sequence[Cost]) -> Cost:
    def most(values: list[Any]) -> Any:
        known = [value for value in values if value is not None]
        return max(known) if known else None

    return Cost(
        startup_seconds=most([cost.startup_seconds for cost in costs]),
        story_seconds=most([cost.story_seconds for cost in costs]),
        peak_bytes=most([cost.peak_bytes for cost in costs]),
        overhead=most([cost.overhead for cost in costs]),
    )
