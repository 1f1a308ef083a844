"""The benchmark of libraries: its stories, its made vectors, its recall, its figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import qa.agent
from eval.command import eval_command
from eval.speed import run, scale
from eval.speed.records import Scale, ScaleAsking, Speed, Times
from eval.speed.report import speed_markdown, write_speed
from eval.speed.scale import exact_scores, measure_scale, recall
from eval.speed.scale_library import LibraryMaker
from eval.speed.scale_text import SENTENCES, scale_story
from index.ann import Layout
from index.gathering import open_corpus
from index.library import Library
from index.store import DenseStore

ASKING = ScaleAsking(0.25, Times(9, 80.0, 120.0), Times(9, 1.5, 3.0), 1.0, 0.5, 200 * 2**20)
ROWS = (
    Scale(1_000, 10, 1_000, "Flat", 1.0, 0.5, 0.1, 2**21, 1.0, ASKING),
    Scale(100_000, 1_000, 20_000, "IVF1024", 9.0, 60.0, 0.2, 2**27, 0.99, ASKING),
)


def test_stories_of_a_library_differ() -> None:
    stories = [scale_story(number) for number in range(30)]
    assert stories[7] == scale_story(7)
    sentences = [sentence for story in stories for sentence in story.sentences]
    assert len(sentences) == 30 * SENTENCES
    assert len(set(sentences)) > 0.99 * len(sentences)
    for story in stories:
        assert len(story.frames) == len(story.sentences) == SENTENCES
        assert "{" not in story.text
        assert story.asked
        assert all(fact in story.text for _, fact in story.asked)


@pytest.fixture
def library(tmp_path: Path, letters: Any) -> Library:
    return Library(tmp_path, letters)


def test_later_stories_lie_among_the_embedded_ones(library: Library) -> None:
    maker = LibraryMaker(library.home, library.encoder, 2 * SENTENCES)
    maker.grow(5)
    assert (maker.stories, maker.embedded) == (5, 2 * SENTENCES)

    def vectors(number: int) -> Any:
        return DenseStore.load(library.home / f"story-{number}" / "vectors.faiss").all_vectors()

    assert np.array_equal(vectors(1), library.encoder.encode(scale_story(1).sentences))
    made = vectors(4)
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    assert not np.allclose(made, library.encoder.encode(scale_story(4).sentences), atol=0.01)
    assert not np.array_equal(made, vectors(3))


@pytest.mark.parametrize("chosen", [None, Layout(300)])
def test_recall_is_against_all_passages(library: Library, chosen: Layout | None) -> None:
    LibraryMaker(library.home, library.encoder, SENTENCES).grow(3)
    corpus = open_corpus(library, chosen)
    assert len(corpus) == 3 * SENTENCES
    queries = library.encoder.encode(["Who sold the ladder?", "Where did the goat go?"])
    everything = np.concatenate([
        DenseStore.load(library.home / name / "vectors.faiss").all_vectors()
        for name in corpus.names
    ])  # fmt: skip
    wanted = -np.sort(-(queries @ everything.T), axis=1)[:, :10]
    assert np.allclose(exact_scores(corpus, library.home, queries, 10), wanted, atol=1e-6)
    assert recall(corpus, library.home, queries) >= 0.9

    class Worst:
        names, alive_stories = corpus.names, corpus.alive_stories

        def __len__(self) -> int:
            return len(corpus)

        def nearest(self, vector: Any, k: int) -> Any:
            return corpus.nearest(vector, len(corpus))[-k:]

    worst: Any = Worst()
    assert recall(worst, library.home, queries) == 0


def test_a_library_is_measured_as_it_grows(letters: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Sequence[Any]] = []

    def apart(home: Path, questions: Sequence[Any]) -> ScaleAsking:
        asked.append(questions)
        return ASKING

    monkeypatch.setattr(scale, "asked_apart", apart)
    monkeypatch.setattr(qa.agent, "default_encoder", lambda: letters)
    monkeypatch.setattr(Library, "reopen", lambda self, name: None)
    said: list[str] = []
    small, large = measure_scale([300, 200], SENTENCES, said.append)
    assert (small.passages, small.stories, large.passages) == (200, 2, 300)
    assert (small.embedded, large.embedded, large.layout) == (100, 100, "Flat")
    assert small.recall == large.recall == 1.0
    assert small.build_seconds > 0 < small.add_seconds
    assert small.index_bytes > 200 * 32 * 4
    assert len(asked) == 4  # unmeasured, then measured
    assert any("adding a story" in line for line in said)


def test_the_report_has_tables_and_charts(tmp_path: Path) -> None:
    speed = Speed({"machine": "m"}, (), (), (), None, (), ROWS)
    write_speed(tmp_path, speed)
    text = (tmp_path / "speed.md").read_text()
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in text.splitlines()]
    assert ["1,000", "10", "1,000", "Flat", "0.5", "0.10", "2", "0.250"] in rows
    assert ["100,000", "9", "80", "120", "1.50", "3.00", "0.990", "100%", "50%", "200"] in rows
    assert "recall@10: against" in text
    assert (tmp_path / "speed.html").read_text().count("<svg") == 2
    assert speed.to_json()["scale"][1]["asking"]["search"]["p95_ms"] == 3.0
    assert "recall@10" not in speed_markdown(Speed({}, (), (), (), None, ()))


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    def measured(plan: run.Plan, sizes: Sequence[int], progress: Any) -> Speed:
        given.extend((plan, sizes))
        return Speed({}, (), (), (), None, (), ROWS)

    monkeypatch.setattr(run, "measure_libraries", measured)
    monkeypatch.chdir(tmp_path)
    arguments = "speed --scale 1000,100000 --scale-alone --quick".split()
    result = CliRunner().invoke(eval_command, arguments)
    assert result.exit_code == 0, result.output
    assert given == [run.QUICK, (1_000, 100_000)]
    assert "Libraries: the index of all stories" in result.stdout
    for wrong in ("--scale-alone", "--scale 0", "--scale many", "--scale 1000,-1"):
        assert CliRunner().invoke(eval_command, ["speed", *wrong.split()]).exit_code == 2
