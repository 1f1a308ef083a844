"""Runs that no system made: a second person's answers, the best span, and evidence made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tqdm import tqdm

from eval.benchmarks.benchmark import Benchmark
from eval.best_spans import BestSpan, Measure, Word, best_spans
from eval.dataset import Dataset, Evidence, Example
from eval.records import Cost, Row, Run
from index.errors import DataError

__all__ = ["HUMAN", "first_references", "human_run", "located", "oracle_run"]

HUMAN = "human"


def human_run(benchmark: Benchmark) -> Run:
    """Return the second person's answers as a run, to be scored on `first_references`.

    Raises:
        DataError: the benchmark has no second person's answers.
    """
    if not benchmark.human:
        raise DataError(f"{benchmark.dataset.name} has no second person's answers; leave out human")
    rows = []
    for example in benchmark.dataset.examples:
        text = benchmark.human.get(example.example_id)
        rows.append(_row(HUMAN, example, text) if text else Row(HUMAN, example.example_id))
    return Run(HUMAN, tuple(rows), Cost())


def first_references(dataset: Dataset) -> Dataset:
    """Return the dataset with only the first reference of each question, which is one person's."""
    return replace(
        dataset,
        examples=tuple(replace(e, references=e.references[:1]) for e in dataset.examples),
    )


def oracle_run(name: str, dataset: Dataset, measure: Measure, *, progress: bool = False) -> Run:
    """Return the best span for each question, the first of those equally good, as a run.

    Args:
        name: what the run is called.
        dataset: the questions.
        measure: what is best.
        progress: whether to show a progress bar on stderr.
    """
    rows = []
    anywhere = replace(dataset, examples=tuple(replace(e, evidence=()) for e in dataset.examples))
    for example, found in _searched(name, anywhere, measure, progress):
        if not found:
            rows.append(Row(name, example.example_id))
            continue
        best = found[0]
        text = dataset.stories[example.story_id].text[best.start : best.end]
        cited = replace(_row(name, example, text), citations=((best.start, best.end),))
        rows.append(replace(cited, confidence=best.score))
    return Run(name, tuple(rows), Cost())


def located(
    dataset: Dataset, measure: Measure, least: float = 0.5, *, progress: bool = False
) -> Dataset:
    """Return the questions whose answer stands in the story, with the best spans as evidence.

    All spans that score best are evidence, as in distant supervision (Joshi et al. 2017; Min et al.
    2019). Questions whose best span scores below `least` have no place that answers: they are left
    out, counted in `skipped`.

    Args:
        dataset: the questions; where one has evidence, only that is searched.
        measure: what is best.
        least: the score that a span must have.
        progress: whether to show a progress bar on stderr.
    """
    kept = []
    for example, found in _searched("best spans", dataset, measure, progress):
        if found and found[0].score >= least:
            text = dataset.stories[example.story_id].text
            evidence = tuple(Evidence(s.start, s.end, text[s.start : s.end]) for s in found)
            kept.append(replace(example, evidence=evidence))
    lost = len(dataset.examples) - len(kept)
    skipped = dataset.skipped
    if lost:
        skipped += (f"{lost} questions have no span that scores {least:g} or more; left out",)
    return replace(dataset, examples=tuple(kept), skipped=skipped)


def _searched(
    name: str, dataset: Dataset, measure: Measure, progress: bool
) -> Iterator[tuple[Example, list[BestSpan]]]:
    words = {key: measure.words(story.text) for key, story in dataset.stories.items()}
    bar = tqdm(
        dataset.examples, desc=name, unit="question", disable=not progress, dynamic_ncols=True
    )
    for example in bar:
        references = example.references[: measure.references]
        wanted = [[word.text for word in measure.words(text)] for text in references]
        found: list[BestSpan] = []
        for part in _parts(words[example.story_id], example):
            found += best_spans(part, wanted, measure)
        top = max((span.score for span in found), default=0.0)
        yield example, [span for span in found if span.score >= top - 1e-9]


def _parts(words: Sequence[Word], example: Example) -> list[Sequence[Word]]:
    if not example.evidence:
        return [words]
    return [
        [w for w in words if piece.start <= w.start and w.end <= piece.end]
        for piece in example.evidence
    ]


def _row(system: str, example: Example, text: str) -> Row:
    return Row(
        system, example.example_id, answer=text, short_answer=text, declined=False, confidence=1.0
    )
