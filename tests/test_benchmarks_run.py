"""Benchmark commands from files to report, with people, oracles and the two plain recipes."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from eval.benchmark_metrics import DUORC, FAIRYTALEQA, NARRATIVEQA, SQUAD
from eval.benchmark_run import run_benchmark, run_retrieval
from eval.benchmarks.benchmark import Benchmark
from eval.dataset import Dataset, Evidence, Example
from eval.indexes import index_of, shared_indexes
from eval.records import Cost, Row, Run
from eval.reference_runs import first_references, human_run, located, oracle_run
from eval.summary import score_run
from eval.systems import SYSTEMS
from index.errors import DataError
from index.records import Story
from index.stories import make_story
from qa.cli import cli

PLOT = "Old Tam keeps the mill by the river. His niece Bessy mends the sails at night."
STORY = make_story("mill", PLOT)


def example(name: str, question: str, *references: str, **more: object) -> Example:
    return Example(
        example_id=name, story_id="mill", question=question, type="who",
        answerable=bool(references), references=references, **more,
    )  # fmt: skip


WHO = example("q1", "Who mends the sails?", "Bessy mends", "niece Bessy")
WHERE = example("q2", "Where is the mill?", "beside a lake")
DATASET = Dataset("mills", {"mill": STORY}, (WHO, WHERE))


def answers(*texts: str | None, confidence: float = 0.5) -> Run:
    rows = [
        Row("s", e.example_id, text or "", text, text is None, confidence)
        for e, text in zip(DATASET.examples, texts, strict=False)
    ]
    return Run("s", tuple(rows), Cost())


def test_narrativeqa_is_scored_over_both_references():
    scored = score_run(DATASET, answers("his niece Bessy", None), NARRATIVEQA.scorer)
    # "niece Bessy": precision 2/3, recall 2/2.
    assert scored.scores[0]["ROUGE-L-coco"] == pytest.approx(2.44 * 2 / 3 / (1 + 1.44 * 2 / 3))
    assert scored.scores[1]["ROUGE-L-coco"] == 0
    assert "ROUGE-L" not in scored.scores[0]
    one, four = NARRATIVEQA.extras(scored)
    # 2 of 3 words match; the lengths are 3 + 0 against 2 + 3.
    assert (one.metric, one.n) == ("BLEU-1", 2)
    assert one.value == pytest.approx(2 / 3 * np.exp(1 - 5 / 3))
    assert four.metric == "BLEU-4"


def test_fairytaleqa_is_scored_on_the_first_reference_stemmed():
    scored = score_run(DATASET, answers("Bessy mending", "niece"), FAIRYTALEQA.scorer)
    assert scored.scores[0]["ROUGE-L-first"] == pytest.approx(1)
    assert scored.scores[0]["ROUGE-L-first-unstemmed"] == pytest.approx(0.5)


def test_squad_scores_declining_and_finds_the_best_threshold():
    dataset = Dataset("s", {"mill": STORY}, (WHO, example("q3", "Who burns it?")))
    rows = (Row("s", "q1", "", "Bessy mends", False, 0.9), Row("s", "q3", "", "Tam", False, 0.3))
    scored = score_run(dataset, Run("s", rows, Cost()), SQUAD.scorer)
    assert [s["EM"] for s in scored.scores] == [1, 0]
    assert "accuracy" not in scored.scores[1]
    values = {e.metric: e.value for e in SQUAD.extras(scored)}
    assert values == {
        "best-EM": 1, "best-EM-threshold": 0.9, "best-F1": 1, "best-F1-threshold": 0.9
    }  # fmt: skip
    assert SQUAD.extras(score_run(DATASET, answers("a", "b"), SQUAD.scorer)) == []


def test_human_answers_are_measured_against_the_first_reference():
    benchmark = Benchmark(DATASET, {"q1": "niece Bessy"})
    run = human_run(benchmark)
    scored = score_run(first_references(DATASET), run, NARRATIVEQA.scorer)
    # "Bessy" is shared: precision 1/2, recall 1/2.
    assert scored.scores[0]["ROUGE-L-coco"] == pytest.approx(0.5)
    assert run.rows[1].declined
    with pytest.raises(DataError, match="no second person"):
        human_run(Benchmark(DATASET))


def test_oracle_gives_verbatim_spans_wherever_they_stand():
    elsewhere = (Evidence(0, 7, "Old Tam"),)
    dataset = Dataset("m", {"mill": STORY}, (example("q", "?", "Bessy", evidence=elsewhere),))
    run = oracle_run("oracle", dataset, NARRATIVEQA.oracles["oracle"])
    (row,) = run.rows
    assert row.short_answer == "Bessy"
    assert [PLOT[a:b] for a, b in row.citations] == ["Bessy"]
    assert row.confidence == pytest.approx(1)


def test_located_keeps_questions_whose_answer_stands_in_the_evidence():
    inside = (Evidence(0, 36, PLOT[:36]), Evidence(37, len(PLOT), PLOT[37:]))
    dataset = Dataset("m", {"mill": STORY}, (
        example("all", "?", "the"),
        example("inside", "?", "the", evidence=inside[1:]),
        example("nowhere", "?", "a green dragon"),
        example("outside", "?", "Old Tam", evidence=inside[1:]),
    ), skipped=("before",))  # fmt: skip
    found = located(dataset, FAIRYTALEQA.span_measure)
    assert [e.example_id for e in found.examples] == ["all", "inside"]
    assert [[PLOT[v.start : v.end] for v in e.evidence] for e in found.examples] == [
        ["the", "the", "the"], ["the"]
    ]  # fmt: skip
    assert [v.start for v in found.examples[1].evidence] == [PLOT.rindex("the")]
    assert found.skipped == (
        "before", "2 questions have no span that scores 0.5 or more; left out"
    )  # fmt: skip


def test_shared_indexes_are_built_once_and_removed(letters, tmp_path: Path, monkeypatch):
    built = []
    from index import build

    real = build.build_index
    monkeypatch.setattr(
        build, "build_index", lambda story, encoder: built.append(story) or real(story, encoder)
    )
    blank = Story("blank", "  ")
    with shared_indexes({"mill": STORY, "blank": blank}, letters, tmp_path / "i") as took:
        assert len(took) == 1
        again = index_of(STORY, letters)
        assert [p.text for p in again.passages] == [
            "Old Tam keeps the mill by the river.", "His niece Bessy mends the sails at night."
        ]  # fmt: skip
        assert built == [STORY, blank]
    assert not (tmp_path / "i").exists()
    index_of(STORY, letters)
    assert built == [STORY, blank, STORY]  # outside there is nothing to share


def test_shared_indexes_stay_after_an_interruption(letters, tmp_path: Path):
    with pytest.raises(KeyboardInterrupt), shared_indexes({"m": STORY}, letters, tmp_path / "i"):
        raise KeyboardInterrupt
    with shared_indexes({"m": STORY}, letters, tmp_path / "i") as took:
        assert took == []


def write_narrativeqa(folder: Path) -> Path:
    files = {
        "summaries.csv": [["document_id", "set", "summary"], ["mill", "valid", PLOT]],
        "qaps.csv": [
            ["document_id", "set", "question", "answer1", "answer2"],
            ["mill", "valid", "Who mends the sails?", "Bessy", "his niece Bessy"],
            ["mill", "valid", "Where is the mill?", "by the river", "at a river"],
            ["mill", "valid", "Who?", "", ""],
        ],
    }
    for name, rows in files.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder


def test_narrativeqa_command_puts_systems_people_and_oracle_in_one_table(tmp_path: Path):
    data, out = write_narrativeqa(tmp_path), tmp_path / "out"
    names = [x for n in ("bm25", "human", "oracle") for x in ("--system", n)]
    arguments = ["narrativeqa", "--data", str(data), *names, "--out", str(out)]
    result = CliRunner().invoke(cli, ["eval", *arguments, "--workers", "0", "--quiet"])
    assert result.exit_code == 0, result.output
    assert "left out: 1" in result.output
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert [system["system"] for system in summary["systems"]] == ["bm25", "human", "oracle"]
    assert summary["settings"]["indexes"].startswith("built beforehand")
    values = {
        system["system"]: {e["metric"]: e["value"] for e in system["groups"][0]["estimates"]}
        for system in summary["systems"]
    }
    # "his niece Bessy" against "Bessy": P 1/3, R 1; "at a river" against "by the river": 1/3.
    human = (2.44 / 3 / (1 + 1.44 / 3) + 1 / 3) / 2
    assert values["human"]["ROUGE-L-coco"] == pytest.approx(human)
    assert values["oracle"]["ROUGE-L-coco"] == pytest.approx(1)
    assert 0 < values["bm25"]["ROUGE-L-coco"] < 1
    assert "an empty answer" in (out / "report.md").read_text(encoding="utf-8")
    assert (out / "report.html").stat().st_size > 1000
    assert not (out / "indexes.partial").exists()


def test_retrieval_compares_all_ways_with_the_programs_own(tmp_path: Path, encoder):
    arguments = ["narrativeqa", "--data", str(write_narrativeqa(tmp_path)), "--retrieval"]
    out = tmp_path / "out"
    result = CliRunner().invoke(cli, ["eval", *arguments, "--quiet", "--json", "--out", str(out)])
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    systems = [system["system"] for system in summary["systems"]]
    assert systems[0] == "fused"
    assert {"dense", "bm25", "rrf", "convex", "verbatim"} <= set(systems)
    values = {e["metric"]: e["value"] for e in summary["systems"][0]["groups"][0]["estimates"]}
    assert values["Recall@3"] == 1  # the story has two sentences
    assert {c["other"] for c in summary["comparisons"]} == set(systems[1:])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["narrativeqa", "--data", "nowhere"], "no such folder"),
        (["narrativeqa", "--system", "gpt"], "no system 'gpt'; name one of ours"),
        (["narrativeqa", "--system", "haystack"], "--peer-model"),
        (["narrativeqa", "--retrieval", "--system", "ours"], "leave --system out"),
        (["squad", "--system", "human"], "no dev-v2.0.json"),
        (["duorc"], "no SelfRC_dev.json"),
        (["fairytaleqa"], "no questions/val"),
    ],
)
def test_what_is_wrong_is_one_line_with_status_2(tmp_path: Path, arguments: list[str], said: str):
    data = write_narrativeqa(tmp_path)
    if "--data" not in arguments:
        arguments = [*arguments, "--data", str(data)]
    result = CliRunner().invoke(cli, ["eval", *arguments, "--quiet", "--out", str(tmp_path / "o")])
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_squad_and_duorc_run_on_given_systems(tmp_path: Path):
    rows = [{"id": "p", "plot": PLOT, "title": "", "qa": [
        {"question": "Who mends the sails?", "answers": ["Bessy"], "no_answer": False},
        {"question": "Who burns the barn?", "answers": [], "no_answer": True},
    ]}]  # fmt: skip
    (tmp_path / "SelfRC_dev.json").write_text(json.dumps(rows), encoding="utf-8")
    from eval.benchmarks.duorc import load_duorc

    benchmark = load_duorc(tmp_path)
    summary = run_benchmark(
        benchmark, DUORC, [SYSTEMS["bm25"]], out=tmp_path / "o", workers=0, progress=False
    )
    assert summary.systems[0].value("F1", "answerable") is not None
    assert summary.systems[0].value("best-F1") is not None
    with pytest.raises(DataError, match="no question whose answer stands"):
        run_retrieval(benchmark, DUORC, out=tmp_path / "r", progress=False)
