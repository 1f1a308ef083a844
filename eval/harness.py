"""Putting the questions of a dataset to a system, resumably, here or in processes of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from eval.asking import ask_all
from eval.dataset import Dataset, Example
from eval.journal import Journal
from eval.processes import share
from eval.records import Cost, Event, Run
from eval.systems import System

__all__ = ["by_story", "row_key", "run_system"]


def run_system(
    system: System,
    dataset: Dataset,
    *,
    journal: Path | None = None,
    workers: int = 0,
    progress: bool = False,
) -> Run:
    """Put every question of `dataset` to `system`.

    Args:
        system: what answers.
        dataset: the questions; they are grouped by story, so that one story is held at a time.
        journal: JSON Lines file that rows are added to as they come. Rows already there of the
            same system, settings, story and question are not asked again.
        workers: 0 runs here; 1 in a process of its own, so that start-up time and memory are the
            system's alone; more share the stories and the processor's cores.
        progress: whether to show a progress bar on stderr.

    Raises:
        QAError: the system cannot be used, or the journal cannot be written.
    """
    digests = {name: story.sha256 for name, story in dataset.stories.items()}
    keys = {e.example_id: row_key(system, digests[e.story_id], e) for e in dataset.examples}
    cost = Cost(workers=workers)
    with ExitStack() as stack:
        kept = stack.enter_context(Journal(journal)) if journal else None
        done = kept.rows(set(keys.values())) if kept else {}
        rows = {name: done[key] for name, key in keys.items() if key in done}
        todo = tuple(e for e in dataset.examples if e.example_id not in rows)
        bar = stack.enter_context(
            tqdm(
                total=len(dataset.examples), initial=len(rows), desc=system.name,
                unit="question", disable=not progress, dynamic_ncols=True,
            )
        )  # fmt: skip
        rest = replace(dataset, examples=todo)
        for event in stack.enter_context(closing(_events(system, rest, workers))):
            if isinstance(event, Cost):
                if todo:  # else nothing was started that could cost anything
                    cost = replace(event, workers=workers)
                continue
            if progress and len(rows) == len(dataset.examples) - len(todo):
                bar.unpause()  # start-up says nothing about the time left
            rows[event.example_id] = event
            if kept and event.error is None:  # what failed is tried again by the next run
                kept.add(keys[event.example_id], event)
            bar.update()
    return Run(system.name, tuple(rows[e.example_id] for e in dataset.examples), cost)


def row_key(system: System, story_sha256: str, example: Example) -> str:
    """Return a digest of all that the row of this question depends on."""
    parts = [system.name, system.fingerprint, story_sha256, example.example_id, example.question]
    parts += [text for turn in example.history for text in (turn.question, turn.answer)]
    evidence = [str((piece.start, piece.end)) for piece in example.evidence]
    return hashlib.sha256("\x00".join([*parts, *evidence]).encode()).hexdigest()[:32]


def by_story(dataset: Dataset) -> list[list[Example]]:
    """Return the examples grouped by story, in the order in which the stories first occur."""
    groups: dict[str, list[Example]] = {}
    for example in dataset.examples:
        groups.setdefault(example.story_id, []).append(example)
    return list(groups.values())


def _events(system: System, dataset: Dataset, workers: int) -> Generator[Event]:
    groups = by_story(dataset)
    if workers == 0 or not groups:
        return ask_all(system, dataset.stories, iter(groups))
    return share(system, dataset.stories, groups, workers)
