"""One run on a public benchmark: systems, people and oracles side by side, and retrieval alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median

from eval.benchmark_metrics import Scheme, with_extras
from eval.benchmarks.benchmark import Benchmark
from eval.dataset import Dataset
from eval.evaluation import JOURNAL, evaluate
from eval.harness import run_system
from eval.indexes import shared_indexes
from eval.metrics import AGGREGATES
from eval.reference_runs import HUMAN, first_references, human_run, located, oracle_run
from eval.report import write_report
from eval.retrieval_metrics import retrieval_scores
from eval.retrieval_runs import RETRIEVAL_RUNS
from eval.summary import Scored, Summary, score_run, summarise
from eval.systems import SYSTEMS, System, TopSentence
from index.errors import DataError

__all__ = ["RECALL", "run_benchmark", "run_retrieval"]

RECALL = "Recall@5"
"""What ways to retrieve are compared by."""

_INDEXES = "indexes.partial"


def run_benchmark(
    benchmark: Benchmark,
    scheme: Scheme,
    systems: Sequence[System | str],
    *,
    out: Path,
    workers: int = 1,
    progress: bool = True,
    settings: Mapping[str, str] | None = None,
) -> Summary:
    """Put a benchmark's questions to systems, score them its way, and write the report.

    An interrupted run goes on where it stopped when it is started again. Indexes are built once a
    story, before anything is timed, and shared.

    Args:
        benchmark: the questions.
        scheme: how they are scored.
        systems: what answers; `human` and the names of the scheme's oracles are no systems.
        out: folder for the report.
        workers: as in `run_system`.
        progress: whether to show progress bars on stderr.
        settings: shown with the figures.

    Raises:
        QAError: a system cannot be used, or the report cannot be written.
    """
    dataset = benchmark.dataset
    scored: list[Scored] = []
    shown = dict(settings or {})
    with ExitStack() as stack:
        if any(_uses_index(system) for system in systems):
            shown.update(_said(stack.enter_context(_indexes(dataset, out, progress))))
        for system in systems:
            if system == HUMAN:
                one = first_references(dataset)
                scored.append(score_run(one, human_run(benchmark), scheme.scorer))
            elif isinstance(system, str):
                run = oracle_run(system, dataset, scheme.oracles[system], progress=progress)
                scored.append(score_run(dataset, run, scheme.scorer))
            else:
                run = run_system(
                    system, dataset, journal=out / JOURNAL, workers=workers, progress=progress
                )
                scored.append(score_run(dataset, run, scheme.scorer))
        aggregates = {} if all(isinstance(s, str) for s in systems) else AGGREGATES
        summary = summarise(dataset, scored, settings=shown, aggregates=aggregates)
        summary = with_extras(summary, scored, scheme)
        write_report(out, summary, dataset, scored, scheme.metric)
    (out / JOURNAL).unlink(missing_ok=True)
    return summary


def run_retrieval(
    benchmark: Benchmark,
    scheme: Scheme,
    *,
    out: Path,
    progress: bool = True,
    settings: Mapping[str, str] | None = None,
) -> Summary:
    """Compare ways to retrieve by whether a passage with the best span comes back.

    Each way is compared with the program's own by a paired bootstrap. Arguments as in
    `run_benchmark`.

    Raises:
        DataError: the benchmark has no measure by which spans are found, or no question has one.
        QAError: the report cannot be written.
    """
    if scheme.span_measure is None:
        dataset = benchmark.dataset
        kept = tuple(e for e in dataset.examples if e.evidence)
        dataset = replace(dataset, examples=kept)
    else:
        dataset = located(benchmark.dataset, scheme.span_measure, progress=progress)
    if not dataset.examples:
        raise DataError(f"{dataset.name} has no question whose answer stands in its story")
    dataset = replace(dataset, name=f"{dataset.name}-retrieval")
    order = ["fused", *(name for name in RETRIEVAL_RUNS if name != "fused")]
    with _indexes(dataset, out, progress) as took:
        return evaluate(
            dataset,
            [TopSentence(name, name) for name in order],
            out=out,
            workers=0,
            progress=progress,
            settings={**(settings or {}), **_said(took)},
            scorer=retrieval_scores,
            aggregates={},
            metric=RECALL,
        )


def _said(took: Sequence[float]) -> dict[str, str]:
    """Return what is said of the indexes: they are built before the systems are timed."""
    if not took:
        return {}
    return {"indexes": f"built beforehand, {median(took):.2f} s a story"}


def _uses_index(system: System | str) -> bool:
    return not isinstance(system, str) and system.name in SYSTEMS


def _indexes(dataset: Dataset, out: Path, progress: bool) -> AbstractContextManager[list[float]]:
    from qa.agent import default_encoder

    return shared_indexes(dataset.stories, default_encoder(), out / _INDEXES, progress=progress)
