"""A summary as tables of text, the same on the terminal, in Markdown and in HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from eval.metrics import EXPLANATIONS
from eval.summary import ALL, Estimate, Group, Summary, SystemSummary

__all__ = ["Table", "markdown", "notes", "tables"]

_NONE = "-"
_MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of text: one header a column; every row as long as the header."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(summary: Summary, metric: str = "accuracy") -> list[Table]:
    """Return the tables of a summary: metrics, one metric by kind of question, cost, comparisons.

    Args:
        summary: the figures.
        metric: what kinds of question are compared by.
    """
    found = [_metrics(summary), _kinds(summary, metric), _cost(summary), _compared(summary)]
    return [table for table in found if table.rows]


def markdown(table: Table) -> str:
    """Return a table in Markdown, its columns aligned so that it reads well as it is."""
    cells = [[_escaped(cell) for cell in row] for row in (table.header, *table.rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(table.header))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |"
             for row in cells]  # fmt: skip
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def notes(summary: Summary) -> list[str]:
    """Return a line on each metric that the summary has, saying what it is."""
    metrics = _names(_group(system, ALL) for system in summary.systems)
    return [f"{name}: {EXPLANATIONS[name]}" for name in metrics if name in EXPLANATIONS]


def _metrics(summary: Summary) -> Table:
    groups = [_group(system, ALL) for system in summary.systems]
    rows = []
    for name in _names(groups):
        found = [_estimate(group, name) for group in groups]
        rows.append((name, _counts(found), *map(_cell, found)))
    header = ("metric", "n", *(system.system for system in summary.systems))
    return Table("Metrics, with 95% intervals", header, tuple(rows))


def _kinds(summary: Summary, metric: str) -> Table:
    names = dict.fromkeys(g.name for s in summary.systems for g in s.groups if g.name != ALL)
    rows = []
    for name in names:
        # Questions without an answer in the story are judged by how often they were declined.
        for shown in (metric, "declined"):
            found = [_estimate(_group(system, name), shown) for system in summary.systems]
            if any(found):
                label = name if shown == metric else f"{name} ({shown})"
                rows.append((label, _counts(found), *map(_cell, found)))
                break
    header = ("questions", "n", *(system.system for system in summary.systems))
    return Table(f"{metric}, by kind of question", header, tuple(rows))


def _cost(summary: Summary) -> Table:
    header = (
        "system", "median ms", "p95 ms", "start-up s", "story s", "peak MiB", "overhead",
        "workers", "failed",
    )  # fmt: skip
    rows = []
    for system in summary.systems:
        cost, latency = system.cost, system.latency
        if cost.workers == 0 and len(summary.systems) > 1:
            # Several in one process: the first loads what the others then find loaded.
            cost = replace(cost, startup_seconds=None, story_seconds=None, peak_bytes=None)
        rows.append((
            system.system,
            _number(latency.median_ms if latency else None, "{:.1f}"),
            _number(latency.p95_ms if latency else None, "{:.1f}"),
            _number(cost.startup_seconds, "{:.1f}"),
            _number(cost.story_seconds, "{:.2f}"),
            _number(cost.peak_bytes and cost.peak_bytes / _MEBIBYTE, "{:.0f}"),
            _number(cost.overhead, "{:.1%}"),
            str(cost.workers or _NONE),
            str(system.errors),
        ))  # fmt: skip
    return Table("Cost: warm answers, from nothing loaded to the first one, memory", header,
                 tuple(rows))  # fmt: skip


def _compared(summary: Summary) -> Table:
    rows = tuple(
        (c.metric, f"{c.system} - {c.other}", str(c.n), f"{c.difference:+.3f}", f"{c.p:.3f}")
        for c in summary.comparisons
    )
    header = ("metric", "systems", "n", "difference", "p")
    return Table("Paired bootstrap: difference of the means, two-sided p", header, rows)


def _group(system: SystemSummary, name: str) -> Group | None:
    return next((group for group in system.groups if group.name == name), None)


def _names(groups: Iterable[Group | None]) -> list[str]:
    names: dict[str, None] = {}
    for group in groups:
        names.update(dict.fromkeys(e.metric for e in group.estimates) if group else {})
    order = {name: place for place, name in enumerate(EXPLANATIONS)}
    return sorted(names, key=lambda name: order.get(name, len(order)))


def _estimate(group: Group | None, metric: str) -> Estimate | None:
    estimates = group.estimates if group else ()
    return next((e for e in estimates if e.metric == metric), None)


def _cell(estimate: Estimate | None) -> str:
    if estimate is None or estimate.value is None:
        return _NONE
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _counts(estimates: Sequence[Estimate | None]) -> str:
    """Return the number of questions; two numbers where the systems differ in it."""
    counts = sorted({e.n for e in estimates if e})
    return "-".join(str(n) for n in dict.fromkeys((counts[0], counts[-1]))) if counts else _NONE


def _number(value: float | None, form: str) -> str:
    return _NONE if value is None else form.format(value)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")
