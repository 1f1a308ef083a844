"""How a library grows, as tables and charts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from eval.drawing import COLOURS, Chart, new_axes, to_svg
from eval.speed.records import Scale
from eval.tables import Table

__all__ = ["SCALE_NOTES", "scale_charts", "scale_tables"]

_MEBIBYTE = 2**20

SCALE_NOTES = (
    "a library: stories of 100 made sentences. As many passages as are said to be embedded have "
    "vectors of the encoder; the others' are one of these plus the difference of two from the same "
    "frame of the grammar. Stories are indexed in full when they are asked (see Indexing for the "
    "rate); building is gathering all vectors and terms.",
    "question: from the question to the answer over all stories, the story's index opened from "
    "disk; search: the ten nearest passages alone. Open: what is checked and mapped, in a process "
    "that has its modules loaded. Memory: the most that was resident in that process, mapped pages "
    "of the index included.",
    "recall@10: against comparing all passages; a passage counts if it is as near as the tenth.",
)
"""What the words of these tables mean."""


def scale_tables(rows: Sequence[Scale]) -> list[Table]:
    """Return the tables: what was built, and what asking it takes."""
    built = tuple(
        (
            f"{s.passages:,}", f"{s.stories:,}", f"{s.embedded:,}", s.layout,
            f"{s.build_seconds:.1f}", f"{s.add_seconds:.2f}",
            f"{s.index_bytes / _MEBIBYTE:.0f}", f"{s.asking.open_seconds:.3f}",
        )
        for s in rows
    )  # fmt: skip
    asked = tuple(
        (
            f"{s.passages:,}", str(s.asking.question.n),
            f"{s.asking.question.median_ms:.0f}", f"{s.asking.question.p95_ms:.0f}",
            f"{s.asking.search.median_ms:.2f}", f"{s.asking.search.p95_ms:.2f}",
            f"{s.recall:.3f}", f"{s.asking.found:.0%}", f"{s.asking.right:.0%}",
            f"{s.asking.peak_bytes / _MEBIBYTE:.0f}" if s.asking.peak_bytes else "-",
        )
        for s in rows
    )  # fmt: skip
    return [
        Table(
            "Libraries: the index of all stories",
            ("passages", "stories", "embedded", "index", "built s", "one more story s",
             "on disk MiB", "open s"),
            built,
        ),
        Table(
            "Libraries: a question to all stories",
            ("passages", "n", "median ms", "p95 ms", "search median ms", "search p95 ms",
             "recall@10", "from the right story", "right", "peak MiB"),
            asked,
        ),
    ]  # fmt: skip


def scale_charts(rows: Sequence[Scale]) -> list[Chart]:
    """Draw asking and building by size, both axes logarithmic."""
    sizes = [s.passages for s in rows]
    axes = new_axes("passages", "milliseconds")
    for label, colour, times in (
        ("a question", COLOURS[0], [s.asking.question for s in rows]),
        ("search alone", COLOURS[1], [s.asking.search for s in rows]),
    ):
        axes.plot(sizes, [t.median_ms for t in times], "o-", color=colour, label=label)
        axes.plot(sizes, [t.p95_ms for t in times], ":", color=colour, lw=1)
    axes.set(xscale="log", yscale="log")
    asking = Chart(
        "Asking all stories",
        "Medians, and p95 dotted, by the passages of the library.",
        to_svg(axes, "scale-ask"),
    )
    axes = new_axes("passages", "seconds")
    axes.plot(sizes, [s.build_seconds for s in rows], "o-", color=COLOURS[2], label="built")
    axes.plot(sizes, [s.asking.open_seconds for s in rows], "o-", color=COLOURS[3], label="opened")
    last = rows[-1]
    grows = [n * math.log(n) for n in sizes]
    line = [last.build_seconds * g / grows[-1] for g in grows]
    axes.plot(sizes, line, "--", color="#bbbbbb", lw=0.8, label="n log n")
    axes.set(xscale="log", yscale="log")
    note = "The dashed line grows as n log n, through the largest library's figure."
    return [asking, Chart("Building and opening", note, to_svg(axes, "scale-build"))]
