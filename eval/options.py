"""What the commands of `qa eval` share: their options, what they print, and when they fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import click

from eval.gold_loader import SPLITS
from eval.summary import Summary
from eval.tables import markdown, notes, tables
from index.errors import shown
from qa.program import print_json

__all__ = [
    "Floor",
    "fail",
    "finish",
    "floors_option",
    "run_options",
    "shortfall",
    "shortfalls",
    "split_option",
    "stories_option",
    "system_options",
]


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that a metric may be; for metrics of which less is better, the most."""

    metric: str
    value: float


def floors_option(
    metrics: Callable[[], Iterable[str]], example: str, text: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what adds the option `floors` to a command: `--fail-under METRIC=VALUE`.

    Args:
        metrics: names the metrics that may be meant; asked when the option is used.
        example: a floor as one writes it, for the error.
        text: the option's help.
    """

    def read(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[Floor]:
        """Read `metric=value`; the metric's name in any case."""
        if not values:
            return []
        known = {metric.lower(): metric for metric in metrics()}
        found = []
        for given in values:
            name, _, number = given.rpartition("=")
            metric = known.get(name.strip().lower())
            if metric is None:
                names = ", ".join(known.values())
                raise click.BadParameter(
                    f"no metric {shown(name)}; name one of {names}", ctx, param
                )
            try:
                found.append(Floor(metric, float(number)))
            except ValueError:
                raise click.BadParameter(
                    f"{shown(number)} is not a number; write for instance {example}", ctx, param
                ) from None
        return found

    return click.option(
        "--fail-under",
        "floors",
        callback=read,
        multiple=True,
        metavar="METRIC=VALUE",
        help=f"Exit with status 1 where {text}. Repeatable.",
    )


def _metrics() -> Iterable[str]:
    from eval.metrics import EXPLANATIONS

    return EXPLANATIONS


_OPTIONS = (
    click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder for the report; ./reports/<name> by default.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(0),
        default=1,
        show_default=True,
        help="Processes that share the stories. 0 answers in this one; more than 1 is faster, "
        "but slows single answers.",
    ),
    floors_option(
        _metrics,
        "accuracy=.6",
        "the first system's metric is lower (ECE and AURC: higher)",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON."),
    click.option("--quiet", is_flag=True, help="Show no progress bar."),
)


split_option = click.option(
    "--split",
    type=click.Choice(SPLITS),
    default="report",
    show_default=True,
    help="Stories that were tuned on, the others, or both.",
)

stories_option = click.option(
    "--story", "stories", multiple=True, metavar="NAME", help="Only this story."
)


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options `out`, `workers`, `floors`, `as_json` and `quiet` to a command."""
    return reduce(lambda wrapped, option: option(wrapped), reversed(_OPTIONS), command)


def system_options(more: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what adds the options `names` and `peer_model` to a command.

    Args:
        more: what can be named besides systems and peers, for the help.
    """
    options = (
        click.option(
            "--system",
            "names",
            multiple=True,
            metavar="NAME",
            help="ours, ours-always (never declines), baseline, plain, bm25; a peer: haystack, "
            "haystack-always, txtai, hf:MODEL, hf-always:MODEL, openai:URL#MODEL"
            f"{more and f'; {more}'}. Repeatable, the first is compared with the others. "
            "[default: ours]",
        ),
        click.option(
            "--peer-model",
            metavar="MODEL",
            help="Question-answering model that haystack and txtai read with: a Hugging Face "
            "folder or name.",
        ),
    )
    return lambda command: reduce(lambda wrapped, option: option(wrapped), options[::-1], command)


def finish(
    summary: Summary,
    *,
    out: Path | None,
    floors: Iterable[Floor] = (),
    as_json: bool = False,
    metric: str = "accuracy",
    system: str | None = None,
) -> None:
    """Print the figures on stdout, and exit with status 1 where a floor is not reached.

    Args:
        summary: the figures.
        out: where the report is, named on stderr.
        floors: the least that metrics may be.
        as_json: whether to print JSON rather than tables.
        metric: what kinds of question are compared by.
        system: the system that the floors are for; the first where None.
    """
    if as_json:
        print_json(summary.to_json(), indent=1)
    else:
        settings = "".join(f", {name} {value}" for name, value in summary.settings.items())
        click.echo(f"{summary.name}: {summary.n} questions{settings}")
        for table in tables(summary, metric):
            click.echo(f"\n{table.title}\n\n{markdown(table)}")
        click.echo("\n" + "\n".join(notes(summary)))
    if summary.skipped:
        click.echo(f"left out: {len(summary.skipped)}; the report lists them", err=True)
    if out:
        click.echo(f"report: {out / 'report.html'}", err=True)
    fail(shortfalls(summary, floors, system))


def fail(missed: Iterable[str]) -> None:
    """Print the lines on stderr, and exit with status 1 where there are any."""
    lines = list(missed)
    for line in lines:
        click.echo(line, err=True)
    if lines:
        click.get_current_context().exit(1)


def shortfall(name: str, value: float | None, floor: float, *, lower: bool = False) -> str | None:
    """Return a line that tells by how much a floor is missed, None where it is reached.

    Args:
        name: the metric's, as the line names it.
        value: what was measured; None where it has no value.
        floor: the least that it may be; with `lower`, the most.
        lower: whether less is better.
    """
    if value is None:
        return f"{name} has no value here; wanted {floor:g}"
    if (value > floor) if lower else (value < floor):
        side = "above the most allowed," if lower else "below the floor of"
        return f"{name} is {value:.4f}, {side} {floor:g}"
    return None


def shortfalls(summary: Summary, floors: Iterable[Floor], system: str | None = None) -> list[str]:
    """Return a line for each floor that is not reached: the metric, the value seen, the floor."""
    from eval.metrics import LOWER_IS_BETTER

    found = next((s for s in summary.systems if system in (None, s.system)), None)
    lines = (
        shortfall(
            f"{floor.metric} of {found.system}" if found else floor.metric,
            found.value(floor.metric) if found else None,
            floor.value,
            lower=floor.metric in LOWER_IS_BETTER,
        )
        for floor in floors
    )
    return [line for line in lines if line]
