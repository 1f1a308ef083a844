"""`qa eval gold`: the project's own questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from eval.options import Floor, run_options, split_option, stories_option, system_options
from qa.program import examples

__all__ = ["gold_command"]

_RECALL = "Recall@3"


@click.command(
    "gold",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "qa eval gold --split tune",
        "qa eval gold --system ours --system plain --system bm25",
        "qa eval gold --retrieval --fail-under Recall@3=.85",
        "qa eval gold --conversations --json",
    ),
)
@split_option
@system_options()
@stories_option
@click.option(
    "--retrieval",
    is_flag=True,
    help="Compare ways to retrieve on the questions with evidence: dense, bm25, rrf, convex, "
    "fused (the program's own, which floors are for).",
)
@click.option(
    "--conversations",
    is_flag=True,
    help="Ask the turns of the conversations, with their history, and the follow-ups in their "
    "standalone form as well.",
)
@run_options
def gold_command(
    split: str,
    names: tuple[str, ...],
    peer_model: str | None,
    stories: tuple[str, ...],
    retrieval: bool,
    conversations: bool,
    out: Path | None,
    workers: int,
    floors: list[Floor],
    as_json: bool,
    quiet: bool,
) -> None:
    """Ask the project's own questions and score the answers.

    The report, a page to browse among it, is written to a folder. An interrupted run goes on where
    it stopped when it is started again.
    """
    from eval.evaluation import evaluate
    from eval.followups import with_follow_ups
    from eval.gold_loader import load_conversations, load_gold
    from eval.metrics import AGGREGATES, gold_scores
    from eval.options import finish
    from eval.retrieval_metrics import retrieval_scores
    from eval.retrieval_runs import RETRIEVAL_RUNS
    from eval.systems import System, TopSentence, named

    if retrieval and names:
        raise click.UsageError("--retrieval compares its own runs; leave --system out")
    loaded = load_conversations(split, stories)[0] if conversations else load_gold(split, stories)
    dataset = replace(loaded, name=f"{loaded.name}-{split}" + "-".join(["", *stories]))
    settings = {"stories": ", ".join(dataset.stories), "split": split}
    if retrieval:
        # Told questions only, asked as they stand alone: retrieval does not read the history.
        asked = tuple(
            replace(e, question=e.standalone or e.question, history=())
            for e in dataset.examples
            if e.evidence
        )
        dataset = replace(dataset, name=f"{dataset.name}-retrieval", examples=asked)
        order = ["fused", *(name for name in RETRIEVAL_RUNS if name != "fused")]
        systems: list[System] = [TopSentence(name, name) for name in order]
    else:
        systems = [named(name, peer_model) for name in dict.fromkeys(names or ("ours",))]
    metric = _RECALL if retrieval else "accuracy"
    folder = out or Path("reports") / dataset.name
    summary = evaluate(
        dataset,
        systems,
        out=folder,
        workers=0 if retrieval else workers,
        progress=not quiet,
        settings=settings,
        scorer=retrieval_scores if retrieval else gold_scores,
        aggregates={} if retrieval else AGGREGATES,
        metric=metric,
    )
    if conversations and not retrieval:
        summary = with_follow_ups(summary, dataset, systems, workers=workers, progress=not quiet)
    finish(summary, out=folder, floors=floors, as_json=as_json, metric=metric)
