"""Figures that are known of the public data, where that lies beside the checkout."""

from pathlib import Path

import pytest

from eval.benchmark_metrics import FAIRYTALEQA, NARRATIVEQA
from eval.benchmarks.fairytaleqa import load_fairytaleqa
from eval.benchmarks.narrativeqa import load_narrativeqa
from eval.reference_runs import first_references, human_run, oracle_run
from eval.summary import score_run

DATA = Path(__file__).parent.parent.parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="needs the public data in ../shared")


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def test_narrativeqa_human_is_57_2():
    benchmark = load_narrativeqa(DATA / "narrativeqa")
    dataset = first_references(benchmark.dataset)
    scores = score_run(dataset, human_run(benchmark), NARRATIVEQA.scorer).scores
    assert len(scores) == 3461
    assert round(100 * mean([s["ROUGE-L-coco"] for s in scores]), 1) == 57.2


def test_narrativeqa_best_span_of_30_words_is_about_87():
    dataset = load_narrativeqa(DATA / "narrativeqa").dataset
    run = oracle_run("oracle", dataset, NARRATIVEQA.oracles["oracle"])
    scores = score_run(dataset, run, NARRATIVEQA.scorer).scores
    assert round(100 * mean([s["ROUGE-L-coco"] for s in scores])) == 87


def test_fairytaleqa_best_span_is_807():
    dataset = load_fairytaleqa(DATA / "fairytaleqa").dataset
    run = oracle_run("oracle", dataset, FAIRYTALEQA.oracles["oracle"])
    scored = score_run(dataset, run, FAIRYTALEQA.scorer)
    values = {"explicit": [], "implicit": []}
    for example, scores in zip(dataset.examples, scored.scores, strict=True):
        values[dict(example.attributes)["answer"]].append(scores["ROUGE-L-first-unstemmed"])
    assert round(mean(values["explicit"] + values["implicit"]), 3) == 0.807
    assert round(mean(values["explicit"]), 3) == 0.947
    assert round(mean(values["implicit"]), 3) == 0.423
