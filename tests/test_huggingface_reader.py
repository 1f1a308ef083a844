"""A model of the user's choice as the reader: laid out, read and declined as it was trained to."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tokenizers import Tokenizer

from index.errors import EncoderError
from index.minilm import load_tokenizer
from index.records import Passage
from qa.cli import cli
from qa.equipment import named
from qa.huggingface_reader import load_reader
from qa.inputs import Layout
from qa.question import analyse
from qa.records import Retrieved
from tests.peer_models import save_tiny_model

STORY = "Old Tam keeps the mill by the river. Bessy mends the sails."
PLACES = ((0, 36), (37, 59))


def passages() -> list[Retrieved]:
    return [
        Retrieved(n, Passage(n - 1, "s", STORY[a:b], a, b), 1 / n)
        for n, (a, b) in enumerate(PLACES, 1)
    ]


@pytest.fixture(scope="module")
def bessy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("models") / "tiny", wanted="bessy")


def roberta_tokenizer() -> Tokenizer:
    from tokenizers import models, pre_tokenizers, processors

    vocabulary = {"<s>": 0, "<pad>": 1, "</s>": 2, "a": 3, "b": 4, "c": 5, "Ġ": 6}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="c"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer


def test_the_layout_is_the_tokenizers_own() -> None:
    bert = Layout.of(load_tokenizer(), 0)
    ids, mask, types = bert.rows([7, 8], [np.array([9]), np.array([5, 6, 7])])
    assert ids.tolist() == [[101, 7, 8, 102, 9, 102, 0, 0], [101, 7, 8, 102, 5, 6, 7, 102]]
    assert mask.tolist() == [[1, 1, 1, 1, 1, 1, 0, 0], [1] * 8]
    assert types.tolist() == [[0, 0, 0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1, 1, 1]]
    assert (bert.marks, bert.head([7, 8])) == (3, 4)


def test_a_layout_may_have_two_marks_between_and_one_token_type() -> None:
    roberta = Layout.of(roberta_tokenizer(), 1)
    ids, _, types = roberta.rows([3], [np.array([4]), np.array([4, 5])])
    assert ids.tolist() == [[0, 3, 2, 2, 4, 2, 1], [0, 3, 2, 2, 4, 5, 2]]
    assert not types.any()
    assert (roberta.marks, roberta.head([3])) == (4, 4)


def test_it_reads_with_offsets_of_the_story(bessy: Path) -> None:
    reading = load_reader(str(bessy)).read(analyse("Who mends the sails?"), passages())
    best = reading.spans[0]
    assert STORY[best.start : best.end] == "Bessy"
    assert best.score > reading.null_score


def test_it_finds_nothing_where_the_null_span_is_better(bessy: Path) -> None:
    reading = load_reader(str(bessy)).read(analyse("Who keeps the mill?"), passages()[:1])
    assert all(span.score < reading.null_score for span in reading.spans)


def test_an_answer_is_given_where_the_best_span_beats_the_null_span(bessy: Path) -> None:
    calibrator = named(str(bessy)).calibrator
    assert calibrator.probability({"score": -0.1, "null": -2.0}) > calibrator.threshold
    assert calibrator.probability({"score": -2.0, "null": -0.1}) < calibrator.threshold


def test_the_command_answers_by_it(
    bessy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_HOME", str(tmp_path / "home"))
    story = tmp_path / "mill.txt"
    story.write_text(STORY)
    told = ["--story", str(story), "--reader", str(bessy), "--json"]
    run = CliRunner().invoke(cli, ["ask", "Who mends the sails?", *told])
    assert run.exit_code == 0, run.stderr
    answer = json.loads(run.stdout)
    assert answer["citations"] == [{"text": "Bessy", "start": 37, "end": 42}]


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"cannot load the reader .*; name a folder"):
        load_reader(str(tmp_path))


def test_a_model_for_something_else_is_refused(tmp_path: Path, bessy: Path) -> None:
    from transformers import AutoTokenizer, BertModel

    BertModel.from_pretrained(bessy).save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(bessy).save_pretrained(tmp_path)
    with pytest.raises(EncoderError, match="was not trained to answer questions"):
        load_reader(str(tmp_path))
