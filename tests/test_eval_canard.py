"""CANARD's reader, its metric and its command, on a small file in its layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eval.benchmarks.canard import FollowUp, load_canard
from eval.canard_command import canard_command
from eval.rewriting import measured, rewriting_words
from index.errors import DataError
from qa.records import Turn

HEAD = ["Orrin Vale", "Early life"]


def entry(dialogue: str, question: str, rewrite: str, *said: str) -> dict[str, Any]:
    return {
        "History": [*HEAD, *said],
        "QuAC_dialog_id": dialogue,
        "Question": question,
        "Question_no": 1 + len(said) // 2,
        "Rewrite": rewrite,
    }


BORN = entry("d1", "When was he born?", "When was Orrin Vale born?")
SCHOOL = entry(
    "d1", "Where did he learn to paint?", "Where did Orrin Vale learn to paint?",
    "When was he born?", "In 1850.",
)  # fmt: skip
ALONE = entry("d2", "When did Orrin Vale paint?", "When did Orrin Vale paint?")
IT = entry("d3", "Why is it red?", "Why is the barn red?", "What is red?", "The barn.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dev.json").write_text(json.dumps([BORN, SCHOOL, ALONE, IT]), "utf-8")
    return tmp_path


def test_a_half_is_half_of_the_dialogues_in_file_order(folder: Path) -> None:
    first = load_canard(folder, "first")
    second = load_canard(folder, "second")
    assert [q.dialogue for q in first] == ["d1", "d1"]
    assert [q.dialogue for q in second] == ["d2", "d3"]
    assert load_canard(folder / "dev.json", "all") == first + second
    assert load_canard(folder, "all", limit=3) == (first + second)[:3]
    assert first[1] == FollowUp(
        "d1",
        "Orrin Vale",
        "Where did he learn to paint?",
        "Where did Orrin Vale learn to paint?",
        (Turn("Orrin Vale", "Early life"), Turn("When was he born?", "In 1850.")),
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "no list of questions, so not CANARD's layout"),
        ([], "no question in its part 'all'"),
        ([3], r"question 1: '?3'? is no object"),
        ([{**BORN, "History": ["x"]}], "question 1: History is"),
        ([BORN, {**BORN, "Rewrite": None}], "question 2: Rewrite is"),
    ],
)
def test_what_is_not_in_its_layout_is_refused(tmp_path: Path, data: Any, message: str) -> None:
    (tmp_path / "dev.json").write_text(json.dumps(data), "utf-8")
    with pytest.raises(DataError, match=message) as error:
        load_canard(tmp_path, "all")
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no dev\.json in"):
        load_canard(tmp_path)


def test_words_are_lower_case_and_marks_are_words() -> None:
    assert rewriting_words("Orrin's “Barn”, 1850?") == [
        "orrin", "'", "s", "“", "barn", "”", ",", "1850", "?",
    ]  # fmt: skip


def test_bleu_is_that_of_the_hand() -> None:
    # "when was he born ?" against "when was orrin vale born ?": 4 of 5 words match, 1 of 4 pairs,
    # 0 of 3 triples; the geometric mean is 0 but for coco-caption's smoothing.
    born = load_one(BORN)
    assert measured("copy", [born]).bleu == pytest.approx(0, abs=1e-2)
    # All n-grams match.
    assert measured("pronoun", [born]).bleu == pytest.approx(100)
    assert measured("ours", [born]).bleu == pytest.approx(100)


def load_one(data: dict[str, Any]) -> FollowUp:
    turns = tuple(
        Turn(*pair) for pair in zip(data["History"][::2], data["History"][1::2], strict=True)
    )
    return FollowUp(data["QuAC_dialog_id"], HEAD[0], data["Question"], data["Rewrite"], turns)


def test_what_people_left_alone_is_counted(folder: Path) -> None:
    questions = [*load_canard(folder, "all"), load_one({**IT, "Rewrite": "Why is it red?"})]
    ours, pronoun = measured("ours", questions), measured("pronoun", questions)
    assert (ours.n, ours.n_unchanged, ours.left_alone) == (5, 2, 0.5)
    assert pronoun.left_alone == 0.5
    assert measured("copy", questions).left_alone == 1.0
    assert ours.bleu > pronoun.bleu > measured("copy", questions).bleu
    assert ours.low <= ours.bleu <= ours.high


def test_the_command_prints_the_figures(folder: Path) -> None:
    done = CliRunner().invoke(canard_command, ["--data", str(folder), "--part", "all"])
    assert done.exit_code == 0, done.output
    assert "canard: 4 questions of 3 dialogues, part all" in done.output
    rows = [line.split("|")[1].strip() for line in done.output.splitlines() if "|" in line]
    assert rows[2:] == ["ours", "pronoun", "copy"]
    done = CliRunner().invoke(canard_command, ["--data", str(folder), "--json"])
    data = json.loads(done.output)
    assert data["part"] == "second"
    assert [(s["system"], s["n"]) for s in data["systems"]] == [
        ("ours", 2), ("pronoun", 2), ("copy", 2),
    ]  # fmt: skip


def test_a_floor_that_is_not_reached_fails(folder: Path) -> None:
    arguments = ["--data", str(folder), "--part", "first", "--fail-under"]
    assert CliRunner().invoke(canard_command, [*arguments, "50"]).exit_code == 0
    done = CliRunner().invoke(canard_command, [*arguments, "101"])
    assert done.exit_code == 1
    assert "below the floor of 101" in done.output
