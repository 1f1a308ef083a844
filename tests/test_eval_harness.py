"""The harness: a row for every question, resumed where it stopped, at little cost of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from eval_fakes import FakeSystem, dataset, example

from eval.dataset import Dataset
from eval.evaluation import JOURNAL, evaluate
from eval.harness import run_system
from eval.journal import Journal
from eval.records import Cost, Row
from eval.retrieval_runs import RETRIEVAL_RUNS
from eval.systems import SYSTEMS, TopSentence, named
from index.encoder import Encoder
from index.errors import EncoderError, QAError, StorageError
from index.persist import StoryIndex
from qa.records import Turn

KNOWS = (("Who bought the mill?", "Bram"), ("Who built the mill?", "Bram"))


def asked(path: Path) -> list[str]:
    return [line.split(" ", 1)[1] for line in path.read_text().splitlines()]


def test_a_row_for_each_question_in_its_order(tmp_path: Path) -> None:
    log = tmp_path / "asked"
    system = FakeSystem(KNOWS, asked=log)
    run = run_system(system, dataset())
    assert [row.example_id for row in run.rows] == ["q1", "q2", "q3", "q4", "q5"]
    assert [row.declined for row in run.rows] == [False, True, True, False, True]
    assert run.rows[0].short_answer == "Bram"
    assert run.rows[0].passages == ((0, 21), (22, 45))
    assert run.rows[0].citations == ((22, 45),)
    assert all(row.exact for row in run.rows)
    assert [row.relevant for row in run.rows] == [1, 1, 1, 0, 1]
    assert system.prepared == ["mill", "ferry"]  # each story once
    assert asked(log)[:2] == ["Who bought the mill?"] * 2  # the first one warms up
    assert len(asked(log)) == 6


def test_history_reaches_the_system() -> None:
    first = replace(dataset().examples[0], history=(Turn("Who?", "Ila"),))
    run = run_system(FakeSystem(KNOWS), replace(dataset(), examples=(first,)))
    assert run.rows[0].interpreted_as == "after 1"


def test_a_wrong_offset_is_noticed() -> None:
    run = run_system(FakeSystem(KNOWS, careless=True), dataset())
    assert [row.exact for row in run.rows] == [False, True, True, False, True]


def test_a_failed_question_and_a_refused_story_keep_their_rows() -> None:
    run = run_system(FakeSystem(KNOWS, fails="Who bought the mill?", refuses="ferry"), dataset())
    errors = [row.error for row in run.rows]
    assert errors == ["cannot be asked", "too short", None, None, "too short"]
    assert run.rows[0].declined


def test_a_system_that_cannot_be_used_ends_the_run() -> None:
    for workers in (0, 1):
        with pytest.raises(EncoderError, match="no weights"):
            run_system(FakeSystem(broken=True), dataset(), workers=workers)


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    journal, log = tmp_path / "deep" / "rows.jsonl", tmp_path / "asked"
    breaking = FakeSystem(KNOWS, asked=log, breaks="Who built the mill?")
    with pytest.raises(KeyboardInterrupt):
        run_system(breaking, dataset(), journal=journal)
    with journal.open("a") as file:  # as where the machine went down in the middle of a line
        file.write('{"key": "abc", "sys')
    log.unlink()
    resumed = run_system(FakeSystem(KNOWS, asked=log), dataset(), journal=journal)
    assert set(asked(log)) == {
        "Who built the mill?",
        "When did the rope break?",
        "Who steered the ferry?",
    }
    fresh = run_system(FakeSystem(KNOWS), dataset())
    assert [replace(r, seconds=0) for r in resumed.rows] == [
        replace(r, seconds=0) for r in fresh.rows
    ]
    log.unlink()
    again = run_system(FakeSystem(KNOWS, asked=log), dataset(), journal=journal)
    assert not log.exists()
    assert again.rows == resumed.rows
    assert again.cost == Cost()  # nothing was started that could have cost anything


@pytest.mark.parametrize("what", ["fingerprint", "name", "story", "question", "history"])
def test_what_has_changed_is_asked_again(tmp_path: Path, what: str) -> None:
    journal, log = tmp_path / "rows.jsonl", tmp_path / "asked"
    run_system(FakeSystem(KNOWS), dataset(), journal=journal)
    data, system = dataset(), FakeSystem(KNOWS, asked=log)
    first = data.examples[0]
    if what == "story":
        mill = data.stories["mill"]
        data = replace(
            data, stories={**data.stories, "mill": replace(mill, text=mill.text + " End.")}
        )
    elif what == "question":
        data = replace(data, examples=(replace(first, question="Who has it?"), *data.examples[1:]))
    elif what == "history":
        changed = replace(first, history=(Turn("Who?", "Ila"),))
        data = replace(data, examples=(changed, *data.examples[1:]))
    else:
        setattr(system, what, "another")
    run_system(system, data, journal=journal)
    expected = {"fingerprint": 5, "name": 5, "story": 3, "question": 1, "history": 1}[what]
    assert len(asked(log)) == expected + 1


def test_a_failed_question_is_tried_again(tmp_path: Path) -> None:
    journal = tmp_path / "rows.jsonl"
    failed = run_system(FakeSystem(KNOWS, fails="Who bought the mill?"), dataset(), journal=journal)
    assert failed.rows[0].error
    assert run_system(FakeSystem(KNOWS), dataset(), journal=journal).rows[0].short_answer == "Bram"


def test_rows_survive_the_journal(tmp_path: Path) -> None:
    row = Row("s", "e", "A\n“b”", "b", False, 0.25, ((0, 3), (4, 9)), ((0, 3),), 2, True, "x", 0.5)
    with Journal(tmp_path / "j.jsonl") as journal:
        assert journal.rows({"k"}) == {}
        journal.add("k", row)
        journal.add("other", row)
    with Journal(tmp_path / "j.jsonl") as journal:
        assert journal.rows({"k"}) == {"k": row}


def test_a_journal_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"cannot (read|write) .*rows\.jsonl"):
        run_system(FakeSystem(KNOWS), dataset(), journal=tmp_path / "file" / "rows.jsonl")


@pytest.mark.parametrize("workers", [1, 2])
def test_other_processes_give_the_same_rows(tmp_path: Path, workers: int) -> None:
    log = tmp_path / "asked"
    system = FakeSystem(KNOWS, asked=log)
    run = run_system(system, dataset(), workers=workers)
    here = run_system(FakeSystem(KNOWS), dataset())
    assert [replace(r, seconds=0) for r in run.rows] == [replace(r, seconds=0) for r in here.rows]
    assert system.prepared == []
    assert run.cost.workers == workers
    assert run.cost.startup_seconds is not None
    assert run.cost.peak_bytes is None or run.cost.peak_bytes > 10 * 2**20


def test_a_process_that_dies_is_reported() -> None:
    with pytest.raises(QAError, match="ended with status 3"):
        run_system(FakeSystem(dies="Who bought the mill?"), dataset(), workers=1)


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")
def test_control_c_leaves_rows_and_no_process(tmp_path: Path) -> None:
    journal, log = tmp_path / "rows.jsonl", tmp_path / "asked"
    script = tmp_path / "script.py"
    script.write_text(
        "import signal, sys\n"
        # A shell that runs the tests in the background lets them ignore Control-C.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"sys.path[:0] = {[str(Path(__file__).parent), str(Path(__file__).parent.parent)]}\n"
        "from pathlib import Path\n"
        "from eval_fakes import FakeSystem, dataset\n"
        "from eval.harness import run_system\n"
        "if __name__ == '__main__':\n"
        f"    system = FakeSystem(seconds=1.0, asked=Path({str(log)!r}))\n"
        f"    run_system(system, dataset(), journal=Path({str(journal)!r}), workers=1)\n"
    )
    process = subprocess.Popen(
        [sys.executable, script], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not journal.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    errors = process.communicate(timeout=60)[1]
    assert process.returncode != 0
    assert "leaked" not in errors
    assert "Exception ignored" not in errors
    worker = int(log.read_text().split(" ", 1)[0])
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
    rows = [line for line in journal.read_text().splitlines() if line]
    assert 1 <= len(rows) < 5


def test_the_harness_adds_less_than_five_percent(tmp_path: Path) -> None:
    questions = [example(n, "mill", f"Who bought it, {n}?", "Bram", "who") for n in range(100)]
    many = replace(dataset(), examples=tuple(questions))
    journal = tmp_path / "rows.jsonl"
    overheads = []
    for attempt in range(3):  # the machine may be busy with something else
        run = run_system(
            FakeSystem(seconds=0.01, fingerprint=str(attempt)), many, journal=journal, progress=True
        )
        assert run.cost.overhead is not None
        assert sum(row.seconds for row in run.rows) >= 1
        overheads.append(run.cost.overhead)
        if overheads[-1] < 0.05:
            return
    pytest.fail(f"overhead {overheads}")


def test_a_finished_run_is_measured_anew(tmp_path: Path) -> None:
    log = tmp_path / "asked"
    for _ in range(2):
        evaluate(
            dataset(),
            [FakeSystem(KNOWS, asked=log)],
            out=tmp_path / "out",
            workers=0,
            progress=False,
        )
    assert len(asked(log)) == 12
    assert not (tmp_path / "out" / JOURNAL).exists()
    written = (tmp_path / "out" / "rows.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in written.splitlines()]
    assert [row["example_id"] for row in rows] == ["q1", "q2", "q3", "q4", "q5"]
    assert rows[0]["scores"]["accuracy"] == 1
    assert rows[0]["references"] == ["Bram"]


def test_unknown_systems_are_told_the_known_ones() -> None:
    with pytest.raises(QAError, match="no system 'best'; name one of ours, ours-always"):
        named("best")


@pytest.mark.parametrize("name", ["ours", "baseline", *RETRIEVAL_RUNS])
def test_the_real_systems_answer(name: str, encoder: Encoder, tale_text: str) -> None:
    from index.stories import make_story

    system = SYSTEMS.get(name) or TopSentence(name, name)
    story = make_story("tale", tale_text)
    question = replace(example(1, "mill", "What did Marta pack?", None, "what"), story_id="tale")
    (row,) = run_system(system, Dataset("one", {"tale": story}, (question,))).rows
    assert row.exact
    assert row.error is None
    assert 0 <= row.confidence <= 1
    found = [tale_text[a:b] for a, b in row.passages]
    assert any("three loaves and a copper kettle" in text for text in found[:3])
    if isinstance(system, TopSentence):
        assert row.short_answer == found[0]


def test_fused_is_what_the_baseline_lists(encoder: Encoder, tale_text: str) -> None:
    from index.stories import make_story

    story = make_story("tale", tale_text)
    ours = SYSTEMS["baseline"].prepare(story)
    fused = TopSentence("fused", "fused").prepare(story)
    for question in ("Who lent Marta money?", "Where did she go?", "Why did the bakery close?"):
        listed = [(r.rank, r.passage) for r in ours.answer(question, ()).passages]
        assert [(r.rank, r.passage) for r in fused.answer(question, ()).passages][:5] == listed


def test_the_system_that_never_declines_answers_what_ours_declines(tale_index: StoryIndex) -> None:
    asked = "What does the telescope cost?"
    declined = named("ours").prepare(tale_index.story).answer(asked, ())
    answered = named("ours-always").prepare(tale_index.story).answer(asked, ())
    assert not declined.answerable
    assert answered.answerable
    assert answered.confidence == declined.confidence
