"""Names of peers on the command line, and that none is imported unless it is named."""

import subprocess
import sys

import pytest

from eval.peers.named import peer
from eval.peers.parts import answered, installed, quoted
from index.errors import QAError
from index.records import Passage
from index.stories import make_story

STORY = make_story("mill", "Tam keeps the mill. The MILL is old. He likes the mill.")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("haystack", "--peer-model"),
        ("txtai", "--peer-model"),
        ("hf:", "names no model"),
        ("openai:", "is no endpoint"),
        ("openai:http://localhost:1", "is no endpoint"),
        ("openai:file:///etc/passwd#m", "is no endpoint"),
    ],
)
def test_a_name_without_its_parts_is_told(name: str, said: str):
    with pytest.raises(QAError, match=said):
        peer(name)


def test_names_and_addresses_are_taken_apart():
    system = peer("openai:http://localhost:8080/v1/#small/model")
    assert (system.url, system.model) == ("http://localhost:8080/v1", "small/model")
    assert peer("hf:a/b").model == "a/b"
    assert (peer("haystack", "m").model, peer("haystack", "m").declines) == ("m", True)
    always = peer("haystack-always", "m")
    assert (always.name, always.declines) == ("haystack-always", False)
    assert peer("ours") is None
    assert peer("plain", "m") is None


def test_peers_are_not_imported_with_the_benchmarks():
    code = (
        "import sys, eval.benchmark_commands, eval.benchmark_run, eval.peers.named as n; "
        "n.peer('haystack', 'm'); n.peer('txtai', 'm'); n.peer('hf:m'); "
        "print([m for m in ('haystack', 'txtai', 'transformers', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_missing_package_says_what_to_install():
    with pytest.raises(QAError, match=r"story-qa\[peers\]"):
        installed("no-such-distribution-of-ours", "haystack")


def test_quoted_looks_near_first_then_anywhere_in_any_case():
    last = Passage(2, "mill", STORY.text[37:], 37, len(STORY.text))
    assert quoted(STORY, " the mill ", [last]).start == STORY.text.rindex("the mill")
    assert quoted(STORY, "the mill").start == STORY.text.index("the mill")
    found = quoted(STORY, "the mill is old")
    assert found.text == "The MILL is old"
    assert STORY.text[found.start : found.end] == found.text
    assert quoted(STORY, "a barn") is None
    assert quoted(STORY, " ") is None


def test_blank_answers_are_declined_and_scores_kept_within_bounds():
    passage = Passage(0, "mill", "Tam", 0, 3)
    answer = answered(STORY, "?", "  ", 1.5, None, [(passage, 3.0), (passage, -1.0)])
    assert (answer.answerable, answer.short_answer, answer.confidence) == (False, None, 1.0)
    assert [(r.rank, r.score) for r in answer.passages] == [(1, 1.0), (2, 0.0)]
