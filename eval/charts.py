"""Charts of a run: risk, reliability, kinds of question, latency."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eval.confidence_metrics import reliability, risk_coverage
from eval.drawing import COLOURS, Chart, new_axes, to_svg
from eval.metrics import outcomes
from eval.summary import ALL, Scored, Summary

__all__ = ["charts"]


def charts(summary: Summary, scored: Sequence[Scored], metric: str = "accuracy") -> list[Chart]:
    """Draw what a run looks like.

    Args:
        summary: its figures.
        scored: its rows, one entry a system.
        metric: what the bars by kind of question show.
    """
    found = []
    if metric == "accuracy":
        found += [_risk_coverage(scored), _reliability(scored)]
    return [*found, _bars(summary, metric), _latency(scored)]


def _risk_coverage(scored: Sequence[Scored]) -> Chart:
    axes = new_axes("share of questions answered", "share of these not right")
    for run, colour in zip(scored, _cycle(len(scored)), strict=True):
        if not run.rows:
            continue
        seen = outcomes(run.examples, run.rows, run.scores)
        coverage, risk, _ = risk_coverage(seen)
        reached = max(1, int((1 - seen.declined).sum()))
        axes.plot(coverage[:reached], risk[:reached], color=colour, label=run.system)
        axes.plot(coverage[reached - 1 :], risk[reached - 1 :], color=colour, ls=":", lw=1)
        axes.plot(coverage[reached - 1], risk[reached - 1], "o", color=colour, ms=4)
    axes.axhline(0.2, color="#bbbbbb", lw=0.8, ls="--")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    note = (
        "Questions in order of confidence: lower is better. The dot is where the system stops "
        "answering; the dashed line is 80% accuracy."
    )
    return Chart("Risk and coverage", note, to_svg(axes, "risk"))


def _reliability(scored: Sequence[Scored]) -> Chart:
    axes = new_axes("confidence", "share of answers right")
    axes.plot([0, 1], [0, 1], color="#bbbbbb", lw=0.8, ls="--")
    for run, colour in zip(scored, _cycle(len(scored)), strict=True):
        bins = reliability(outcomes(run.examples, run.rows, run.scores))
        x, y = [b.confidence for b in bins], [b.accuracy for b in bins]
        axes.plot(x, y, color=colour, lw=1, label=run.system)
        axes.scatter(x, y, s=[12 + 2 * b.n for b in bins], color=colour, alpha=0.7)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    note = (
        "Answers given, in ten bins of confidence; a larger dot has more of them. On the dashed "
        "line a confidence of .8 is right eight times in ten."
    )
    return Chart("Reliability", note, to_svg(axes, "reliability"))


def _bars(summary: Summary, metric: str) -> Chart:
    names = dict.fromkeys(
        group.name for system in summary.systems for group in system.groups if group.name != ALL
    )
    kinds = [n for n in names if any(s.value(metric, n) is not None for s in summary.systems)]
    axes = new_axes(
        metric, "", height=max(2.0, 0.8 + 0.16 * len(kinds) * (len(summary.systems) + 1))
    )
    step = 0.8 / max(1, len(summary.systems))
    for place, system in enumerate(summary.systems):
        label: str | None = system.system if len(summary.systems) > 1 else None
        groups = {group.name: group for group in system.groups}
        for row, name in enumerate(kinds):
            estimates = groups[name].estimates if name in groups else ()
            found = next((e for e in estimates if e.metric == metric), None)
            if found is None or found.value is None or found.low is None or found.high is None:
                continue
            errors = [[max(0.0, found.value - found.low)], [max(0.0, found.high - found.value)]]
            axes.barh(
                row + (place - (len(summary.systems) - 1) / 2) * step,
                found.value,
                height=step * 0.9,
                xerr=errors,
                color=COLOURS[place % len(COLOURS)],
                error_kw={"lw": 0.8, "ecolor": "#555555"},
                label=label,
            )
            label = None  # once in the legend
    axes.set(xlim=(0, 1), yticks=range(len(kinds)), yticklabels=kinds)
    axes.invert_yaxis()
    note = f"{metric} by kind of question, with 95% bootstrap intervals."
    return Chart(f"{metric} by kind of question", note, to_svg(axes, "bars"))


def _latency(scored: Sequence[Scored]) -> Chart:
    axes = new_axes("milliseconds an answer", "share of answers at least that fast")
    slowest = 0.0
    for run, colour in zip(scored, _cycle(len(scored)), strict=True):
        times = np.sort([1000 * row.seconds for row in run.rows if row.error is None])
        if not len(times):
            continue
        slowest = max(slowest, float(np.quantile(times, 0.995)))
        share = np.arange(1, len(times) + 1) / len(times)
        axes.step(times, share, where="post", color=colour, label=run.system)
    axes.set(xlim=(0, slowest * 1.05 or 1), ylim=(0, 1))
    note = "Warm answers, one at a time; further left is faster."
    return Chart("Latency", note, to_svg(axes, "latency"))


def _cycle(n: int) -> list[str]:
    return [COLOURS[place % len(COLOURS)] for place in range(n)]
