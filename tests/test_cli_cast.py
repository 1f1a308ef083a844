from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from conftest import LetterEncoder

from index.library import Library
from qa.cli import cli

STORY = """\
In Velmora the baker Tobias Renn (Dan Reyes) met Min-jae Orr, a sailor. Tobias gave him his map. \
Then Minjae sailed away. The Quills, a family of thieves, wept.\
"""


@pytest.fixture(autouse=True)
def _letters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the models out of it: who is in a story needs none of them once it is indexed."""
    library = Library(tmp_path / "home", LetterEncoder())
    monkeypatch.setattr("qa.characters.open_library", lambda: library)


@pytest.fixture
def story(tmp_path: Path) -> str:
    path = tmp_path / "map.txt"
    path.write_text(STORY, "utf-8")
    return str(path)


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="qa")


def listed(*args: str) -> dict[str, dict[str, Any]]:
    result = run("cast", "--json", *args)
    assert (result.exit_code, result.stderr) == (0, "")
    return {row["name"]: row for row in json.loads(result.stdout)}


def test_characters_are_listed_with_what_is_known(story: str) -> None:
    found = listed("--story", story)
    assert found["Tobias Renn"] == {
        "name": "Tobias Renn",
        "aliases": ["Tobias"],
        "roles": ["the baker"],
        "actor": "Dan Reyes",
        "gender": "male",
        "number": "one",
        "mentions": 2,
    }
    assert found["Min-jae Orr"]["aliases"] == ["Minjae"]
    assert found["Min-jae Orr"]["roles"] == ["a sailor"]
    assert "Dan Reyes" not in found


def test_people_read_lines(story: str) -> None:
    result = run("cast", "--story", story)
    assert result.stdout.startswith("Tobias Renn (named 2 times, male)\n    also called Tobias\n")
    assert "\n    played by Dan Reyes\nMin-jae Orr (named 2 times" in result.stdout
    assert "\n    is a sailor\n" in result.stdout


def test_nobody_is_listed_before_he_comes(story: str) -> None:
    assert listed("--story", story, "--up-to", "1")["Min-jae Orr"]["aliases"] == []
    assert listed("--story", story, "--up-to", "1")["Tobias Renn"]["mentions"] == 1
    names = set(listed("--story", story))
    assert set(listed("--story", story, "--up-to", "sailed away")) <= names - {"Quills"}


def test_a_story_of_nobody(tmp_path: Path) -> None:
    path = tmp_path / "rain.txt"
    path.write_text("It rained on the roof.", "utf-8")
    assert run("cast", "--story", str(path)).stdout == "Nobody is named in rain.\n"
    assert listed("--story", str(path)) == {}


def test_what_a_terminal_would_obey_is_not_printed(tmp_path: Path) -> None:
    path = tmp_path / "bell.txt"
    path.write_text("Then Tobias Renn, a lonely\x1b[31mbaker, wept.", "utf-8")
    assert "\x1b" not in run("cast", "--story", str(path)).stdout


@pytest.mark.parametrize("point", ["0%", "99", "the end of the world"])
def test_a_bad_point_is_one_line_and_status_2(story: str, point: str) -> None:
    result = run("cast", "--story", story, "--up-to", point)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("qa: error: ")
    assert repr(point) in result.stderr
    assert "give " in result.stderr
    assert result.stderr.count("\n") == 1
