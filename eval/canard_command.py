"""`qa eval canard`: follow-ups rewritten, against what people wrote."""

from __future__ import annotations

from pathlib import Path

import click

from eval.benchmarks import canard
from qa.program import examples, print_json

__all__ = ["canard_command"]


@click.command(
    "canard",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "qa eval canard --data canard",
        "qa eval canard --data canard/dev.json --part all --json",
        "qa eval canard --data canard --fail-under 50",
    ),
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    help="CANARD's file, or the folder that it is in.",
)
@click.option(
    "--part",
    type=click.Choice(canard.PARTS),
    default="second",
    show_default=True,
    help="Half of the dialogues, in file order. The rules were made on the first, so that the "
    "second is to be reported.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N questions.")
@click.option(
    "--fail-under",
    "floor",
    type=float,
    metavar="BLEU",
    help="Exit with status 1 where our BLEU is lower.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def canard_command(
    data: Path, part: str, limit: int | None, floor: float | None, as_json: bool
) -> None:
    """Rewrite CANARD's follow-ups so that they stand alone, and score them by BLEU.

    Beside ours: not rewriting at all, and the first pronoun replaced by the title of the page.
    There is no cast here: names are what has a capital, the page's title among them.
    """
    from eval.rewriting import REWRITERS, measured
    from eval.tables import Table, markdown

    questions = canard.load_canard(data, part, limit)
    found = [measured(system, questions) for system in REWRITERS]
    if as_json:
        print_json({"part": part, "systems": [f.to_json() for f in found]}, indent=1)
    else:
        rows = tuple(
            (
                f.system,
                f"{f.bleu:.1f} ({f.low:.1f} to {f.high:.1f})",
                f"{f.left_alone:.1%} of {f.n_unchanged}",
                f"{f.milliseconds:.2f}",
            )
            for f in found
        )
        header = ("system", "BLEU-4", "left alone", "ms")
        dialogues = len({question.dialogue for question in questions})
        click.echo(f"canard: {len(questions)} questions of {dialogues} dialogues, part {part}\n")
        click.echo(markdown(Table("Rewriting", header, rows)))
        click.echo(
            "\nBLEU-4: corpus BLEU over lower-cased words and punctuation marks, with its 95% "
            "interval\nleft alone: of the questions that people left as they were, those that are "
            "left so\nms: processor time of a question, its whole history read anew"
        )
    if floor is not None and found[0].bleu < floor:
        click.echo(f"BLEU-4 of ours is {found[0].bleu:.2f}, below the floor of {floor:g}", err=True)
        click.get_current_context().exit(1)
