"""Asking one system its questions, story by story, each answer timed and checked."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path

from eval.dataset import Example
from eval.records import Cost, Event, Row
from eval.systems import Answerer, System
from index.errors import QAError, StoryError
from index.records import Story
from qa.records import Answer

__all__ = ["ask_all", "overlaps"]


def ask_all(
    system: System, stories: Mapping[str, Story], groups: Iterator[Sequence[Example]]
) -> Generator[Event]:
    """Yield a row for each question of `groups`, then the cost. A group is one story's questions.

    The very first question is asked once more beforehand, as part of the start-up, so that every
    row's time is that of a warm system.
    """
    began = time.perf_counter()
    startup: float | None = None
    prepared: list[float] = []
    everything = answering = 0.0
    for group in groups:
        story = stories[group[0].story_id]
        start = time.perf_counter()
        try:
            answerer = system.prepare(story)
        except StoryError as error:
            for example in group:
                yield Row(system.name, example.example_id, error=str(error))
            continue
        if startup is None:
            _row(system.name, answerer, story, group[0])
            startup = time.perf_counter() - began
        else:
            prepared.append(time.perf_counter() - start)
        start = time.perf_counter()
        for example in group:
            row = _row(system.name, answerer, story, example)
            answering += row.seconds
            yield row  # the time until the next row is asked for counts as the harness's own
        everything += time.perf_counter() - start
    yield Cost(
        startup_seconds=startup,
        story_seconds=sorted(prepared)[len(prepared) // 2] if prepared else None,
        peak_bytes=_peak_bytes(),
        overhead=everything / answering - 1 if answering else None,
    )


def _row(system: str, answerer: Answerer, story: Story, example: Example) -> Row:
    start = time.perf_counter()
    try:
        answer = answerer.answer(example.question, example.history)
    except QAError as error:
        seconds = time.perf_counter() - start
        return Row(system, example.example_id, seconds=seconds, error=str(error))
    seconds = time.perf_counter() - start
    return Row(
        system=system,
        example_id=example.example_id,
        answer=answer.answer,
        short_answer=answer.short_answer,
        declined=not answer.answerable,
        confidence=float(answer.confidence),
        passages=tuple((r.passage.start, r.passage.end) for r in answer.passages),
        citations=tuple((c.start, c.end) for c in answer.citations),
        relevant=sum(overlaps((p.start, p.end), example) for p in answerer.passages),
        exact=_exact(answer, story),
        interpreted_as=answer.interpreted_as,
        seconds=seconds,
    )


def overlaps(span: tuple[int, int], example: Example) -> bool:
    """Tell whether a stretch of the story shares a character with a piece of evidence."""
    return any(span[0] < piece.end and piece.start < span[1] for piece in example.evidence)


def _exact(answer: Answer, story: Story) -> bool:
    quoted = [(c.start, c.end, c.text) for c in answer.citations]
    quoted += [(r.passage.start, r.passage.end, r.passage.text) for r in answer.passages]
    return all(story.text[start:end] == text for start, end, text in quoted)


def _peak_bytes() -> int | None:
    """Return the most memory that this process held, in bytes; None where it is not known."""
    try:
        # Not getrusage's figure: it starts at what the parent held when it started this process.
        status = Path("/proc/self/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1024
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    peak_rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak_rss if sys.platform == "darwin" else peak_rss * 1024
