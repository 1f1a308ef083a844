"""What each command may load: nobody waits for a module that the command does not need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qa.neural_reader import READER_MODEL

RUNS = """
import atexit, sys

def report():
    made = {name for name, module in sys.modules.items() if getattr(module, "__spec__", None)}
    files = {name.partition(".")[0] for name in made}
    found = {name for name in files - sys.stdlib_module_names if not name.startswith("_")}
    print("loaded:", *sorted(found), file=sys.stderr)

atexit.register(report)
"""

# A reader of fixed opinions stands in for the trained one, which need not be there.
READS = """
import numpy as np
import qa.equipment
from qa.baseline import BaselineReader
from qa.calibration import Calibrator
from qa.ensemble import EnsembleReader
from qa.neural_reader import NeuralReader, load_tokenizer

def run(ids, mask, types):
    logits = np.where(types == 1, ids % 7, -9).astype(np.float32)
    return logits, logits, np.ones(len(ids), dtype=np.float32)

def equipment(encoder):
    reader = EnsembleReader(NeuralReader(run, load_tokenizer()), BaselineReader(encoder))
    return qa.equipment.Equipment(reader, Calibrator(3.0, {}, 0.1), depth=12)

qa.equipment.default = equipment
"""

ASKS = """
sys.argv = ["qa", *sys.argv[1:]]
from qa.cli import main
main()
"""

ALWAYS = {"click", "index", "qa"}
STARTS = {"sitecustomize", "usercustomize"}  # what an environment loads into any Python
SEARCHES = {"Stemmer", "faiss", "numpy", "onnxruntime", "packaging", "tokenizers"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: Any, tale_text: str) -> Path:
    """A data folder with one story, indexed by the packaged models."""
    from index.library import Library
    from qa.agent import default_encoder

    folder = tmp_path_factory.mktemp("cold")
    (folder / "tale.txt").write_text(tale_text, encoding="utf-8")
    Library(folder, default_encoder()).add(folder / "tale.txt")
    return folder


def ran(home: Path, *args: str, stdin: str = "", reads: str = READS) -> tuple[str, set[str]]:
    """Run `qa` in a process of its own; return its output, and what is not of Python's library."""
    done = subprocess.run(
        [sys.executable, "-c", RUNS + reads + ASKS, *args],
        env=os.environ | {"QA_HOME": str(home)},
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (line,) = [row for row in done.stderr.splitlines() if row.startswith("loaded:")]
    return done.stdout, set(line.split()[1:]) - STARTS


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["ask", "--help"]])
def test_help_loads_click_alone(home: Path, args: list[str]) -> None:
    _, loaded = ran(home, *args, reads="")
    assert loaded <= ALWAYS


def test_stories_are_listed_without_a_search_engine(home: Path) -> None:
    out, loaded = ran(home, "stories", reads="")
    assert "tale" in out
    assert loaded <= ALWAYS | {"numpy"}


@pytest.mark.parametrize("question", ["Who lent her forty crowns?", "Did Marta close the bakery?"])
def test_asking_an_indexed_story_loads_no_model_library(home: Path, question: str) -> None:
    out, loaded = ran(home, "ask", question, "--story", "tale", "--json")
    assert json.loads(out)["answerable"]
    assert loaded <= ALWAYS | SEARCHES


def test_asking_all_stories_loads_no_more(home: Path) -> None:
    question = "Who lent Marta forty crowns in Hask?"
    ran(home, "ask", question, "--all")  # gathers them
    out, loaded = ran(home, "ask", question, "--all", "--json")
    assert json.loads(out)["story"] == "tale"
    assert loaded <= ALWAYS | SEARCHES


@pytest.mark.skipif(not READER_MODEL.is_file(), reason="the trained reader is not there")
def test_the_trained_reader_loads_no_more(home: Path) -> None:
    _, loaded = ran(home, "ask", "Who lent her forty crowns?", "--story", "tale", reads="")
    assert loaded <= ALWAYS | SEARCHES


def test_verifying_loads_no_search_engine(home: Path) -> None:
    answer, _ = ran(home, "ask", "Who lent her forty crowns?", "--story", "tale", "--json")
    out, loaded = ran(home, "verify", "-", stdin=answer, reads="")
    assert out
    assert loaded <= ALWAYS | {"numpy"}
