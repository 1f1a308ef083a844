"""The report: the right figures in every form, and a page that needs nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from eval_fakes import FakeSystem, dataset

from eval.evaluation import evaluate
from eval.harness import run_system
from eval.misses import misses
from eval.report import to_html
from eval.summary import ALL, Summary, score_run, summarise
from eval.tables import Table, markdown, tables
from index.errors import StorageError

KNOWS = (
    ("Who bought the mill?", "Bram"),
    ("What did he pay with?", "June"),
    ("Who built the mill?", "Bram"),
)


def summary_of(folder: Path | None, *systems: FakeSystem, **changed: object) -> Summary:
    data = replace(dataset(), **changed)
    return evaluate(data, systems, out=folder, workers=0, progress=False, settings={"k": "v"})


def test_the_figures_of_a_run() -> None:
    (system,) = summary_of(None, FakeSystem(KNOWS)).systems
    # told: Bram right, June wrong, two declined; untold: answered
    assert system.value("accuracy") == 0.25
    assert system.value("declined") == 0.4
    assert system.value("abstention-recall") == 0
    assert system.value("Recall@1") == pytest.approx(1 / 4)  # Ila; Bram's is listed second
    assert system.value("Recall@3") == pytest.approx(2 / 4)
    assert system.value("cited") == pytest.approx(1 / 2)
    assert system.value("accuracy", "type: who") == 0.5
    assert system.value("declined", "unanswerable") == 0
    assert system.value("accuracy", "unanswerable") is None
    assert system.value("accuracy", "no such group") is None
    everything = system.groups[0]
    assert (everything.name, everything.n) == (ALL, 5)
    accuracy = next(e for e in everything.estimates if e.metric == "accuracy")
    assert accuracy.n == 4
    assert accuracy.low is not None and accuracy.high is not None  # noqa: PT018
    assert accuracy.low <= 0.25 <= accuracy.high


def test_a_failed_question_scores_zero_and_is_counted() -> None:
    (system,) = summary_of(None, FakeSystem(KNOWS, fails="Who bought the mill?")).systems
    assert system.errors == 1
    assert system.value("accuracy") == 0


def test_systems_are_compared_question_by_question() -> None:
    summary = summary_of(None, FakeSystem(KNOWS), FakeSystem((), "silent"))
    accuracy = next(c for c in summary.comparisons if c.metric == "accuracy")
    assert (accuracy.system, accuracy.other, accuracy.n) == ("fake", "silent", 4)
    assert accuracy.difference == 0.25
    assert 0 < accuracy.p <= 1


def test_misses_come_with_the_confident_mistakes_first() -> None:
    data = dataset()
    scored = score_run(data, run_system(FakeSystem(KNOWS), data))
    found = misses(data, scored)
    assert [(m.example.example_id, m.kind) for m in found] == [
        ("q3", "wrong answer"),
        ("q4", "answered, though not told"),
        ("q2", "declined, though told"),
        ("q5", "declined, though told"),
    ]
    assert [(s.rank, s.text, s.relevant) for s in found[3].passages] == [
        (1, "Ila steered the ferry.", True)
    ]
    assert [m.kind for m in misses(data, scored, "Recall@1")] == ["not found"] * 3
    assert len(misses(data, scored, limit=2)) == 2


class Outside(HTMLParser):
    """Collects what a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("link", "iframe", "object", "embed", "base", "img"):
            self.found.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "action", "srcset", "data"):
                if not (value or "").startswith("#"):
                    self.found.append(f"{tag} {name}={value}")
            elif name == "id":
                self.ids.append(value or "")


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    summary_of(tmp_path / "r", FakeSystem(KNOWS), FakeSystem((), "silent"), skipped=("line 3: x",))
    page = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    parser = Outside()
    parser.feed(page)
    assert parser.found == []
    assert not re.search(r"url\((?!#)|@import", page)
    assert len(set(parser.ids)) == len(parser.ids)
    assert page.count("<svg") == 4
    for title in ("Risk and coverage", "Reliability", "accuracy by kind of question", "Latency"):
        assert title in page
    for text in (
        "What did he pay with?",
        "a grey horse",
        "He paid with a grey horse.",
        "line 3: x",
    ):
        assert text in page


def test_what_is_measured_is_shown_as_text_never_as_html() -> None:
    nasty = "<script>alert(1)</script>"
    data = dataset()
    data = replace(
        data,
        examples=(replace(data.examples[0], question=nasty, references=(nasty,), type=nasty),),
    )
    scored = score_run(data, run_system(FakeSystem(((nasty, nasty),)), data))
    page = to_html(summarise(data, [scored]), [scored], misses(data, scored, "Recall@1"))
    assert nasty not in page
    page = to_html(
        summarise(data, [scored]),
        [scored],
        misses(data, replace(scored, scores=({"F1": 0.0},)), "F1"),
    )
    assert nasty not in page
    assert "&lt;script&gt;alert(1)" in page


def test_every_form_has_the_same_figures(tmp_path: Path) -> None:
    out = tmp_path / "r"
    summary = summary_of(out, FakeSystem(KNOWS))
    assert json.loads((out / "summary.json").read_text())["systems"][0]["errors"] == 0
    written = (out / "report.md").read_text(encoding="utf-8")
    page = (out / "report.html").read_text(encoding="utf-8")
    for table in tables(summary):
        assert markdown(table) in written
        assert all(f"<td>{cell}</td>" in page for row in table.rows for cell in row)
    metrics = tables(summary)[0]
    assert metrics.header == ("metric", "n", "fake")
    row = next(row for row in metrics.rows if row[0] == "accuracy")
    assert row[1] == "4"
    assert re.fullmatch(r"0\.250 \[0\.\d{3}, 0\.\d{3}\]", row[2])
    assert "What did he pay with?" in written


def test_systems_of_one_process_have_no_start_up_of_their_own() -> None:
    def cells(*systems: FakeSystem) -> list[tuple[str, ...]]:
        (cost,) = [t for t in tables(summary_of(None, *systems)) if t.title.startswith("Cost")]
        return [row[3:6] for row in cost.rows]

    assert "-" not in cells(FakeSystem(KNOWS))[0]
    assert cells(FakeSystem(KNOWS), FakeSystem((), "other")) == [("-", "-", "-")] * 2


def test_markdown_cells_keep_to_their_columns() -> None:
    table = Table("t", ("a", "bb"), (("x|y", "1"), ("z\nz", "22")))
    assert markdown(table).splitlines() == [
        "| a    | bb |",
        "|------|----|",
        "| x\\|y | 1  |",
        "| z z  | 22 |",
    ]


def test_a_run_without_a_question(tmp_path: Path) -> None:
    summary = summary_of(tmp_path / "r", FakeSystem(KNOWS), examples=())
    assert summary.n == 0
    assert (tmp_path / "r" / "report.html").exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="choose another folder"):
        summary_of(tmp_path / "file", FakeSystem(KNOWS))
