"""One evaluation from questions to report: what every `qa eval` command does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.dataset import Dataset
from eval.harness import run_system
from eval.metrics import AGGREGATES, Aggregate, Scorer, gold_scores
from eval.report import write_report
from eval.summary import Summary, score_run, summarise
from eval.systems import System

__all__ = ["JOURNAL", "evaluate"]

JOURNAL = "rows.partial.jsonl"
"""Rows of a run that is not finished, in the folder of its report."""


def evaluate(
    dataset: Dataset,
    systems: Sequence[System],
    *,
    out: Path | None = None,
    workers: int = 1,
    progress: bool = True,
    settings: Mapping[str, str] | None = None,
    scorer: Scorer = gold_scores,
    aggregates: Mapping[str, Aggregate] = AGGREGATES,
    metric: str = "accuracy",
    reference: str | None = None,
) -> Summary:
    """Run systems over questions, score them, and write the report.

    An interrupted run goes on where it stopped when it is started again with the same systems and
    questions; a finished one is measured anew.

    Args:
        dataset: the questions.
        systems: what answers them.
        out: folder for the report and the unfinished run's rows; nothing is written where None.
        workers: as in `run_system`.
        progress: whether to show progress bars on stderr.
        settings: shown with the figures.
        scorer: what scores each question.
        aggregates: figures over all questions at once.
        metric: what kinds of question are compared by, and what says that a question was missed.
        reference: the system that the others are compared with; the first where None.

    Raises:
        QAError: a system cannot be used, or the report cannot be written.
    """
    journal = out / JOURNAL if out else None
    scored = [
        score_run(
            dataset,
            run_system(system, dataset, journal=journal, workers=workers, progress=progress),
            scorer,
        )
        for system in systems
    ]
    summary = summarise(
        dataset, scored, settings=settings, aggregates=aggregates, reference=reference
    )
    if out:
        write_report(out, summary, dataset, scored, metric)
    if journal:
        journal.unlink(missing_ok=True)
    return summary
