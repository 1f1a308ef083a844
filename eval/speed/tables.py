"""The figures of a benchmark of speed as tables of text, and as charts."""

from __future__ import annotations

from eval.drawing import COLOURS, Chart, new_axes, to_svg
from eval.speed.ratios import OURS, ratios
from eval.speed.records import Load, Speed
from eval.speed.scale_tables import SCALE_NOTES, scale_charts, scale_tables
from eval.tables import Table

__all__ = ["NOTES", "speed_charts", "speed_notes", "speed_tables"]

_MEBIBYTE = 2**20
_NONE = "-"

NOTES = (
    "cold start: one question in a fresh process, its index present and files cached; the median "
    "of the runs.",
    "plain: sentence-transformers, FAISS, the nearest sentence (eval/peers/plain.py). haystack: "
    "its BM25 retriever and extractive reader, the story indexed anew at each cold start.",
    "stages: understand is all before the first search but embedding, compose all after reading; "
    "other lies between two readings.",
    "wrong: an answer under load that is not word for word what the same client gets when it asks "
    "alone; refused: turned away by a full queue.",
    "the reader alone: what it is given for the load test's questions, read in one process "
    "without a server, with the better of one and two threads.",
    "ratios are above 1 where the program is the faster or smaller one.",
)
"""What the words of the tables mean."""


def speed_tables(speed: Speed) -> list[Table]:
    """Return the tables of what was measured."""
    found = [_ratios(speed), _cold(speed), _warm(speed), _stages(speed), _build(speed)]
    if speed.load:
        found += [_levels(speed.load), _served(speed.load)]
    found += scale_tables(speed.scale)
    return [table for table in found if table.rows]


def speed_notes(speed: Speed) -> tuple[str, ...]:
    """Return what the words of its tables mean."""
    return (*NOTES, *(SCALE_NOTES if speed.scale else ()))


def speed_charts(speed: Speed) -> list[Chart]:
    """Draw what was measured: cold starts, warm answers by stage, load, libraries."""
    drawn = [_cold_chart(speed)] if speed.cold else []
    if speed.warm:
        drawn.append(_stage_chart(speed))
    if speed.load:
        drawn.append(_load_chart(speed.load))
    if speed.scale:
        drawn += scale_charts(speed.scale)
    return drawn


def _ratios(speed: Speed) -> Table:
    rows = tuple((r.figure, r.peer, f"{r.value:.2f}") for r in ratios(speed))
    return Table("Compared in this run", ("figure", "with", "ratio"), rows)


def _cold(speed: Speed) -> Table:
    rows = tuple(
        (
            c.system, f"{c.seconds:.2f}", f"{c.cpu_seconds:.2f}",
            f"{c.peak_bytes / _MEBIBYTE:.0f}", str(c.runs),
        )
        for c in speed.cold
    )  # fmt: skip
    return Table("Cold start", ("system", "wall s", "processor s", "peak MiB", "runs"), rows)


def _warm(speed: Speed) -> Table:
    rows = tuple(
        (w.system, str(w.total.n), f"{w.total.median_ms:.1f}", f"{w.total.p95_ms:.1f}")
        for w in speed.warm
    )
    return Table("Warm answers", ("system", "n", "median ms", "p95 ms"), rows)


def _stages(speed: Speed) -> Table:
    rows = tuple(
        (stage, f"{times.median_ms:.2f}", f"{times.p95_ms:.2f}")
        for warm in speed.warm
        for stage, times in warm.stages.items()
    )
    return Table("Warm answers by stage", ("stage", "median ms", "p95 ms"), rows)


def _build(speed: Speed) -> Table:
    rows = tuple(
        (b.text, b.system, str(b.passages), f"{b.seconds:.2f}", f"{b.rate:.0f}")
        for b in speed.build
    )
    return Table("Indexing", ("text", "system", "passages", "s", "passages a second"), rows)


def _levels(load: Load) -> Table:
    rows = []
    for level in load.levels:
        times, cpu = level.times, level.cpu_seconds
        rows.append((
            str(level.clients),
            str(level.answered),
            f"{level.throughput:.2f}",
            f"{times.median_ms:.0f}" if times else _NONE,
            f"{times.p95_ms:.0f}" if times else _NONE,
            str(level.refused),
            str(level.errors),
            str(level.wrong),
            f"{1000 * cpu / level.answered:.0f}" if cpu and level.answered else _NONE,
        ))  # fmt: skip
    header = (
        "clients", "answers", "answers a second", "median ms", "p95 ms", "refused", "errors",
        "wrong", "server's processor ms an answer",
    )  # fmt: skip
    return Table("The chat under load", header, tuple(rows))


def _served(load: Load) -> Table:
    memory = load.resident_bytes
    rows = (
        ("the reader alone, questions a second", f"{load.reader_rate:.2f}"),
        ("right when asked alone, by the story's own facts", f"{load.right:.1%}"),
        ("answers that name somebody of another client's story", str(load.foreign)),
        ("stories brought, one a client", str(load.stories)),
        ("a story read, median s", f"{load.story_seconds:.2f}"),
        ("resident memory at the end, MiB", f"{memory / _MEBIBYTE:.0f}" if memory else _NONE),
    )
    return Table("The server", ("figure", "value"), rows)


def _cold_chart(speed: Speed) -> Chart:
    axes = new_axes("seconds", "", height=0.8 + 0.5 * len(speed.cold))
    for row, cold in enumerate(speed.cold):
        axes.barh(row, cold.seconds, color=COLOURS[row % len(COLOURS)], height=0.6)
    axes.set(yticks=range(len(speed.cold)), yticklabels=[c.system for c in speed.cold])
    axes.invert_yaxis()
    note = "Wall time from starting the process to its end; shorter is better."
    return Chart("Cold start", note, to_svg(axes, "cold"))


def _stage_chart(speed: Speed) -> Chart:
    axes = new_axes("milliseconds, median", "", height=1.2 + 0.5 * len(speed.warm))
    for row, warm in enumerate(speed.warm):
        left = 0.0
        for place, (stage, times) in enumerate(warm.stages.items()):
            axes.barh(
                row, times.median_ms, left=left, label=stage, height=0.6,
                color=COLOURS[place % len(COLOURS)],
            )  # fmt: skip
            left += times.median_ms
        if not warm.stages:
            axes.barh(row, warm.total.median_ms, color="#bbbbbb", height=0.6)
    axes.set(yticks=range(len(speed.warm)), yticklabels=[w.system for w in speed.warm])
    axes.invert_yaxis()
    note = f"Warm answers; {OURS} by stage. Medians of stages need not add up to that of the whole."
    return Chart("Warm answers", note, to_svg(axes, "stages"))


def _load_chart(load: Load) -> Chart:
    axes = new_axes("clients at once", "answers a second")
    clients = [level.clients for level in load.levels]
    rates = [level.throughput for level in load.levels]
    axes.plot(clients, rates, "o-", color=COLOURS[0], label="the chat")
    axes.axhline(load.reader_rate, color="#bbbbbb", lw=0.8, ls="--", label="the reader alone")
    axes.set_xscale("log", base=2)
    axes.set(xticks=clients, xticklabels=[str(n) for n in clients])
    axes.set_ylim(bottom=0)
    note = "Higher is better; the dashed line is what the reader gives without a server."
    return Chart("The chat under load", note, to_svg(axes, "load"))
