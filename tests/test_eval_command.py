"""`qa eval` from the outside: what it prints, where it writes, how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from eval_fakes import FakeSystem

from eval import gold_loader, systems
from eval.command import eval_command
from eval.evaluation import evaluate
from eval.options import Floor, shortfalls
from index.errors import QAError

STORY = "The mill stood empty. Bram bought it in June. He paid with a grey horse."


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of gold questions in the place of the project's own."""
    folder = tmp_path / "gold"
    (folder / "stories").mkdir(parents=True)
    (folder / "stories" / "mill.txt").write_text(STORY)
    (folder / "splits.json").write_text('{"tune": ["mill"], "report": ["mill"]}')
    asked = [
        ("1", "Who bought the mill?", "who", ["Bram"], [22, 45]),
        ("2", "Who built the mill?", "who", [], None),
        ("3", "What did he pay with?", "what", ["a grey horse"], [46, 72]),
    ]
    lines = [
        {
            "id": name,
            "story": "mill",
            "question": question,
            "type": kind,
            "answerable": bool(answers),
            "answers": answers,
            "evidence": [{"start": at[0], "end": at[1], "text": STORY[at[0] : at[1]]}]
            if at
            else [],
        }
        for name, question, kind, answers, at in asked
    ]
    (folder / "mill.jsonl").write_text("\n".join(map(json.dumps, lines)))
    turns = [{k: v for k, v in line.items() if k not in ("id", "story")} for line in lines]
    talk = {"id": "c1", "story": "mill", "turns": turns}
    (folder / "mill.conversations.jsonl").write_text(json.dumps(talk))
    for load in (gold_loader.load_gold, gold_loader.load_conversations):
        monkeypatch.setattr(load, "__defaults__", ("all", (), folder, folder))
    monkeypatch.setitem(
        systems.SYSTEMS, "ours", FakeSystem((("Who bought the mill?", "Bram"),), "ours")
    )
    monkeypatch.setitem(systems.SYSTEMS, "plain", FakeSystem((), "plain"))
    monkeypatch.chdir(tmp_path)
    return folder


def run(*args: str) -> Result:
    return CliRunner().invoke(eval_command, [*args, "--workers", "0", "--quiet"])


def test_the_own_questions_are_asked_by_default(gold: Path, tmp_path: Path) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("gold-report: 3 questions, stories mill, split report\n")
    row = next(line for line in result.stdout.splitlines() if line.startswith("| accuracy"))
    assert [cell.strip() for cell in row.split("|")][2] == "2"
    assert "0.500 [" in row
    assert (tmp_path / "reports" / "gold-report" / "report.html").exists()
    assert "report.html" in result.stderr
    assert run("gold").stdout.split("Cost")[0] == result.stdout.split("Cost")[0]


def test_systems_side_by_side_as_json(gold: Path, tmp_path: Path) -> None:
    result = run(
        "--split", "tune", "--system", "ours", "--system", "plain", "--json", "--out", "here"
    )
    data = json.loads(result.stdout)
    assert [s["system"] for s in data["systems"]] == ["ours", "plain"]
    assert (tmp_path / "here" / "summary.json").exists()


def test_a_peer_can_be_asked_too_and_says_what_it_lacks(gold: Path) -> None:
    result = run("--system", "haystack")
    assert isinstance(result.exception, QAError)
    assert "haystack needs a question-answering model" in str(result.exception)
    assert "--peer-model" in str(result.exception)


def test_a_floor_that_is_reached_and_one_that_is_not(gold: Path) -> None:
    assert run("--fail-under", "accuracy=.5").exit_code == 0
    result = run("--fail-under", "ACCURACY=.6", "--fail-under", "declined=0.1")
    assert result.exit_code == 1
    assert "accuracy of ours is 0.5000, below the floor of 0.6\n" in result.stderr
    assert "declined" not in result.stderr


@pytest.mark.parametrize(
    ("floor", "says"),
    [("accurracy=.5", "no metric 'accurracy'"), ("accuracy=high", "'high' is not a number"),
     ("accuracy", "no metric ''")],
)  # fmt: skip
def test_a_floor_that_makes_no_sense(gold: Path, floor: str, says: str) -> None:
    result = run("--fail-under", floor)
    assert result.exit_code == 2
    assert says in result.stderr


def test_less_is_better_for_some(gold: Path) -> None:
    data = gold_loader.load_gold()
    summary = evaluate(data, [systems.SYSTEMS["ours"]], workers=0, progress=False)
    value = summary.systems[0].value("AURC")
    assert value is not None
    assert shortfalls(summary, [Floor("AURC", value)]) == []
    (line,) = shortfalls(summary, [Floor("AURC", value - 0.01)])
    assert line.startswith(f"AURC of ours is {value:.4f}, above the most allowed")
    (line,) = shortfalls(summary, [Floor("Recall@10", 0.1)])
    assert "has no value" in line


def test_conversations_and_stories(gold: Path) -> None:
    result = run("--conversations")
    assert result.stdout.startswith("gold-conversations-report: 3 questions")
    assert "turn: follow-up" in result.stdout
    assert run("--story", "mill").stdout.startswith("gold-report-mill: 3 questions")
    assert run("--story", "wasps").exception is not None


def test_unknown_options_and_commands(gold: Path) -> None:
    assert run("--split", "test").exit_code == 2
    assert run("nonsense").exit_code == 2
    assert run("--retrieval", "--system", "ours").exit_code == 2


def test_retrieval_runs_are_compared(gold: Path) -> None:
    result = run("--retrieval", "--fail-under", "Recall@3=.5")
    assert result.exit_code == 0, result.output
    header = next(line for line in result.stdout.splitlines() if line.startswith("| metric"))
    columns = [cell.strip() for cell in header.strip("|").split("|")]
    assert columns[:3] == ["metric", "n", "fused"]
    assert {"dense", "bm25", "rrf", "convex"} <= set(columns[3:])
    assert "fused - bm25" in result.stdout
    assert "gold-report-retrieval: 2 questions" in result.stdout
    assert "accuracy" not in result.stdout.split("Cost")[0]


def test_help_is_instant_and_has_examples() -> None:
    code = (
        "import sys; from eval.command import eval_command\n"
        "try: eval_command(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'torch', 'matplotlib', 'spacy', 'ir_measures', 'sklearn', 'jinja2'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "qa eval --retrieval" in done.stdout
    assert done.stdout.endswith("[]\n")
