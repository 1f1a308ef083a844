"""`qa eval coreference`: whom the index takes pronouns for, against annotated stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from eval.options import Floor, fail, floors_option, shortfall, split_option, stories_option
from qa.program import examples, print_json

if TYPE_CHECKING:
    from eval.coreference_metrics import CoreferenceScore

__all__ = ["coreference_command"]

_METRICS = ("precision", "recall")


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
@floors_option(lambda: _METRICS, "precision=.9", "precision or recall is lower")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--quiet", is_flag=True, help="Show no progress bar.")
def coreference_command(
    split: str,
    stories: tuple[str, ...],
    floors: list[Floor],
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
    missed = (shortfall(floor.metric, score.value(floor.metric), floor.value) for floor in floors)
    fail(line for line in missed if line)


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
