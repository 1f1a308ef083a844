"""How many times faster, or smaller, the program is than its peers in the same run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from eval.speed.records import Speed

__all__ = ["OURS", "Ratio", "ratios"]

OURS = "ours"


class _Named(Protocol):
    @property
    def system(self) -> str: ...


Row = TypeVar("Row", bound=_Named)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure compared with a peer's; `value` is above 1 where ours is the better one."""

    figure: str
    peer: str
    value: float


def ratios(speed: Speed) -> list[Ratio]:
    """Return what can be compared in `speed`; for load, the share of the reader's own limit."""
    found = [
        *_compared("cold start, wall time", speed.cold, lambda row: 1 / row.seconds),
        *_compared("cold start, processor time", speed.cold, lambda row: 1 / row.cpu_seconds),
        *_compared("cold start, peak memory", speed.cold, lambda row: 1 / row.peak_bytes),
        *_compared("warm answer, median", speed.warm, lambda row: 1 / row.total.median_ms),
        *_compared("warm answer, p95", speed.warm, lambda row: 1 / row.total.p95_ms),
    ]
    for text in dict.fromkeys(row.text for row in speed.build):
        rows = [row for row in speed.build if row.text == text]
        found += _compared(f"passages a second, {text}", rows, lambda row: row.rate)
    if speed.load and speed.load.reader_rate:
        for level in speed.load.levels:
            share = level.throughput / speed.load.reader_rate
            found.append(Ratio(f"throughput at {level.clients} clients", "the reader alone", share))
    return found


def _compared(figure: str, rows: Sequence[Row], value: Callable[[Row], float]) -> Iterator[Ratio]:
    ours = next((row for row in rows if row.system == OURS), None)
    for row in rows:
        if ours is not None and row is not ours:
            yield Ratio(figure, row.system, value(ours) / value(row))
