"""Annotated pronouns: what is read, how ties are scored, and the command, on tiny stories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from eval import coreference_loader
from eval.coreference_command import coreference_command
from eval.coreference_loader import Pronoun, load_coreference
from eval.coreference_metrics import same_character, score_ties, ties
from index.errors import DataError
from index.passages import split
from index.stories import make_story

STORY = "Orla Fenn kept bees. She sold the honey, and her brother Piet ate it. He was fat."
PRONOUNS = [(21, 24, "She"), (45, 48, "her"), (70, 72, "He")]


def line(number: int, *referents: str, **changed: Any) -> dict[str, Any]:
    start, end, text = PRONOUNS[number]
    return {"start": start, "end": end, "text": text, "referents": list(referents), **changed}


LINES = [line(0, "Orla Fenn", "Orla"), line(1, "Orla Fenn", "Orla"), line(2, "her brother", "Piet")]


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one story in the place of the project's own."""
    folder = tmp_path / "gold"
    (folder / "stories").mkdir(parents=True)
    (folder / "coreference").mkdir()
    (folder / "stories" / "bees.txt").write_text(STORY)
    (folder / "splits.json").write_text('{"tune": ["bees"], "report": ["bees"]}')
    monkeypatch.setattr(
        coreference_loader.load_coreference, "__defaults__", ("all", (), folder, folder)
    )
    write(folder, *LINES)
    return folder


def write(folder: Path, *lines: dict[str, Any]) -> None:
    text = "".join(json.dumps(x) + "\n" for x in lines)
    (folder / "coreference" / "bees.jsonl").write_text(text)


def pronoun(start: int, *referents: str, story: str = "bees") -> Pronoun:
    return Pronoun(story, start, start + 2, "he", referents)


def test_reads_pronouns_with_whom_they_mean(gold: Path) -> None:
    texts, found = load_coreference("tune")
    assert texts["bees"].text == STORY
    assert found[2] == Pronoun("bees", 70, 72, "He", ("her brother", "Piet"))
    assert [(p.start, p.end, p.text) for p in found] == PRONOUNS


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"start": 44}, "not 'her'; correct the offsets"),
        ({"end": 999}, "outside the story"),
        ({"start": "45"}, "is no span"),
        ({"start": 49, "end": 56, "text": "brother"}, "'brother' is no personal or possessive"),
        ({"referents": None}, "referents is 'None'; give a list"),
        ({"referents": ["Orla", " "]}, "give a list of texts"),
        ({"referents": ["Orl"]}, "the story calls nobody 'Orl'"),
    ],
)
def test_a_bad_line_is_named_with_what_is_wrong(
    gold: Path, changed: dict[str, Any], says: str
) -> None:
    write(gold, LINES[0], {**LINES[1], **changed})
    with pytest.raises(DataError, match=says) as caught:
        load_coreference("tune")
    assert f"{gold / 'coreference' / 'bees.jsonl'}, line 2:" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_pronoun_is_left_out_or_annotated_twice(gold: Path) -> None:
    write(gold, LINES[0], LINES[2])
    with pytest.raises(DataError, match=r"'He' at 70 is not the next .* which is 'her' at 45"):
        load_coreference()
    write(gold, *LINES, LINES[2])
    with pytest.raises(DataError, match=r"line 4: .* which is no more"):
        load_coreference()
    write(gold)
    with pytest.raises(DataError, match="has no pronouns"):
        load_coreference()
    write(gold, LINES[0])
    assert len(load_coreference()[1]) == 1  # only what comes later may be missing


def test_descriptions_may_be_broken_over_lines_and_capitalised(gold: Path) -> None:
    (gold / "stories" / "bees.txt").write_text(STORY.replace("her brother", "her\nbrother"))
    write(gold, *LINES[:2], line(2, "Her  brother"))
    assert load_coreference()[1][2].referents == ("Her  brother",)


@pytest.mark.parametrize(
    ("name", "referent", "same"),
    [
        ("Orla Fenn", "Orla Fenn", True),
        ("Sun Ho", "Sun-ho", True),
        ("Fenn", "Dr Fenn", True),
        ("Dr. Fenn", "Fenn", True),
        ("Old Fenn", "the old Fenn", True),
        ("Mr Fenn", "Mrs Fenn", False),
        ("Orla", "Orla Fenn", False),
        ("Fenn", "Fenn's men", False),
        ("King", "the King", True),
        ("Prince", "King", False),
    ],
)
def test_names_are_compared_without_titles(name: str, referent: str, same: bool) -> None:
    assert same_character(name, referent) is same
    assert same_character(referent, name) is same


def test_precision_is_over_ties_and_recall_over_what_means_somebody() -> None:
    pronouns = [
        pronoun(0, "Orla"),  # right
        pronoun(10, "Piet"),  # tied to another
        pronoun(20, "Piet", "her brother"),  # left open
        pronoun(30),  # means nobody, but is tied
        pronoun(40),  # means nobody, left open
        pronoun(0, "Piet", story="wasps"),  # right, in another story
    ]
    tied = {
        "bees": {(0, 2): "Orla", (10, 12): "Orla", (30, 32): "Orla", (90, 92): "Piet"},
        "wasps": {(0, 2): "Piet"},
    }
    score = score_ties(pronouns, tied)
    assert (score.pronouns, score.with_referent, score.tied, score.right) == (6, 4, 4, 2)
    assert (score.precision, score.recall) == (0.5, 0.5)
    low, high = score.precision_interval or (1.0, 0.0)
    assert 0 <= low < 0.5 < high <= 1


def test_a_tie_is_looked_up_by_both_ends() -> None:
    score = score_ties([pronoun(0, "Orla")], {"bees": {(0, 3): "Orla"}})
    assert (score.tied, score.right, score.recall) == (0, 0, 0.0)


def test_what_has_no_value_is_none() -> None:
    score = score_ties([pronoun(0)], {"bees": {}})
    assert (score.precision, score.precision_interval) == (None, None)
    assert (score.recall, score.recall_interval) == (None, None)


def test_ties_are_those_of_the_index() -> None:
    found = ties(split(make_story("bees", STORY))[1])
    assert found[21, 24] == "Orla Fenn"
    assert set(found) <= {(start, end) for start, end, _ in PRONOUNS}


def run(*args: str) -> Result:
    return CliRunner().invoke(coreference_command, [*args, "--quiet"])


def test_the_command_prints_counts_and_figures(gold: Path) -> None:
    write(gold, LINES[0])
    result = run()
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("coreference: 1 pronouns, stories bees, split report\n")
    rows = [[c.strip() for c in r.split("|")[1:-1]] for r in result.stdout.splitlines() if "|" in r]
    assert ["precision", "1", "1", "1.000 [1.000, 1.000]"] in rows
    assert ["recall", "1", "1", "1.000 [1.000, 1.000]"] in rows


def test_the_command_as_json_and_with_floors(gold: Path) -> None:
    write(gold, line(0, "her brother"))  # so that the tie is wrong
    result = run("--split", "tune", "--json", "--fail-under", "Recall=0")
    data = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (data["split"], data["tied"], data["right"], data["precision"]) == ("tune", 1, 0, 0.0)
    result = run("--fail-under", "precision=.9", "--fail-under", "recall=0")
    assert result.exit_code == 1
    assert result.stderr == "precision is 0.0000, below the floor of 0.9\n"


def test_a_floor_is_not_reached_without_a_value(gold: Path) -> None:
    write(gold, line(0))  # means nobody: there is nothing to recall
    result = run("--fail-under", "recall=0")
    assert result.exit_code == 1
    assert result.stderr == "recall has no value here; wanted 0\n"
    assert "| recall    | 0     | 0  | -" in result.stdout


@pytest.mark.parametrize(
    ("floor", "says"),
    [("F1=.5", "no metric 'F1'"), ("recall=high", "'high' is not a number"), ("5", "no metric ''")],
)
def test_a_floor_that_makes_no_sense(gold: Path, floor: str, says: str) -> None:
    result = run("--fail-under", floor)
    assert result.exit_code == 2
    assert says in result.stderr


def test_the_projects_own_annotation_checks_out_and_is_large_enough() -> None:
    texts, found = load_coreference("all")
    assert len(texts) == 5
    assert len(found) >= 200
    assert all(sum(p.story_id == story for p in found) >= 40 for story in texts)
    for p in found:
        assert texts[p.story_id].text[p.start : p.end] == p.text
