"""`qa eval coreference`: whom the index takes pronouns for, against annotated stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from eval.options import split_option, stories_option
from index.errors import shown
from qa.program import examples, print_json

if TYPE_CHECKING:
    from eval.coreference_metrics import CoreferenceScore

__all__ = ["coreference_command"]

_METRICS = ("precision", "recall")


def _floors(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> list[tuple[str, float]]:
    """Read `metric=value`; the metric's name in any case."""
    found = []
    for text in values:
        name, _, number = text.rpartition("=")
        metric = name.strip().lower()
        if metric not in _METRICS:
            names = " or ".join(_METRICS)
            raise click.BadParameter(f"no metric {shown(name)}; name {names}", ctx, param)
        try:
            found.append((metric, float(number)))
        except ValueError:
            message = f"{shown(number)} is not a number; write for instance precision=.9"
            raise click.BadParameter(message, ctx, param) from None
    return found


@click.command(
    "coreference",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "qa eval coreference",
        "qa eval coreference --split tune --json",
        "qa eval coreference --split all --fail-under precision=.9",
    ),
)
@split_option
@stories_option
@click.option(
    "--fail-under",
    "floors",
    callback=_floors,
    multiple=True,
    metavar="METRIC=VALUE",
    help="Exit with status 1 where precision or recall is lower. Repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--quiet", is_flag=True, help="Show no progress bar.")
def coreference_command(
    split: str,
    stories: tuple[str, ...],
    floors: list[tuple[str, float]],
    as_json: bool,
    quiet: bool,
) -> None:
    """Score whom the index ties pronouns to, on annotated pronouns of the gold stories.

    The stories are indexed as `qa index` does it, and what the index holds is scored.
    """
    from tqdm import tqdm

    from eval.coreference_loader import load_coreference
    from eval.coreference_metrics import score_ties, ties
    from eval.indexes import index_of
    from qa.agent import default_encoder

    texts, pronouns = load_coreference(split, stories)
    encoder = default_encoder()
    bar = tqdm(texts.values(), desc="indexing", unit="story", disable=quiet, leave=False)
    tied = {story.story_id: ties(index_of(story, encoder).parses) for story in bar}
    score = score_ties(pronouns, tied)
    if as_json:
        print_json({"split": split, "stories": list(texts), **score.to_json()}, indent=1)
    else:
        click.echo(f"coreference: {score.pronouns} pronouns, stories {', '.join(texts)}, "
                   f"split {split}\n\n{_table(score)}")  # fmt: skip
        click.echo(
            "\nprecision: of the annotated pronouns that are tied to a character, those tied to "
            "the right one\nrecall: of the annotated pronouns that mean a character, those tied to "
            "it\nintervals: 95%, bootstrap over pronouns"
        )
    missed = []
    for metric, floor in floors:
        value = score.value(metric)
        if value is None:
            missed.append(f"{metric} has no value on these pronouns; wanted {floor:g}")
        elif value < floor:
            missed.append(f"{metric} is {value:.4f}, below the floor of {floor:g}")
    for line in missed:
        click.echo(line, err=True)
    if missed:
        click.get_current_context().exit(1)


def _table(score: CoreferenceScore) -> str:
    from eval.tables import Table, markdown

    rows = []
    for metric, whole, span in (
        ("precision", score.tied, score.precision_interval),
        ("recall", score.with_referent, score.recall_interval),
    ):
        value = score.value(metric)
        cell = f"{value:.3f} [{span[0]:.3f}, {span[1]:.3f}]" if value is not None and span else "-"
        rows.append((metric, str(score.right), str(whole), cell))
    return markdown(Table("Coreference", ("metric", "right", "of", "value"), tuple(rows)))
