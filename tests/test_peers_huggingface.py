"""The adapter for any Hugging Face question-answering model, with a tiny one."""

from pathlib import Path

import pytest
from peer_models import save_tiny_model

from eval.peers.huggingface import HuggingFaceSystem
from eval.peers.named import peer
from index.errors import QAError
from index.stories import make_story

PLOT = "Old Tam keeps the mill by the river. Bessy mends the sails."
LONG = " ".join([PLOT] * 60).replace("Bessy", "Tam") + " Bessy mends the mill."


@pytest.fixture(scope="module")
def wants_bessy(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny_model(tmp_path_factory.mktemp("bessy"), "bessy"))


@pytest.fixture(scope="module")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny_model(tmp_path_factory.mktemp("random")))


def test_answer_is_the_best_span_where_it_stands(wants_bessy: str):
    system = peer(f"hf:{wants_bessy}")
    assert isinstance(system, HuggingFaceSystem)
    answer = system.prepare(make_story("mill", PLOT)).answer("Who mends the sails?", ())
    assert answer.short_answer == "Bessy"
    (cited,) = answer.citations
    assert PLOT[cited.start : cited.end] == cited.text == "Bessy"
    assert 0.5 < answer.confidence < 1


def test_a_word_of_the_question_is_no_answer_and_the_null_span_declines(wants_bessy: str):
    story = make_story("mill", "Old Tam keeps the mill.")
    answer = HuggingFaceSystem(wants_bessy).prepare(story).answer("Who is Bessy?", ())
    assert (answer.answerable, answer.short_answer, answer.citations) == (False, None, ())
    assert answer.confidence < 0.5


def test_told_never_to_decline_it_gives_its_best_span(wants_bessy: str):
    system = peer(f"hf-always:{wants_bessy}")
    assert system.name == f"hf-always:{wants_bessy}"
    story = make_story("mill", "Old Tam keeps the mill.")
    answer = system.prepare(story).answer("Who is Bessy?", ())
    (cited,) = answer.citations
    assert story.text[cited.start : cited.end] == answer.short_answer
    assert answer.confidence < 0.5


def test_all_windows_of_a_long_story_are_read(wants_bessy: str):
    answer = HuggingFaceSystem(wants_bessy).prepare(make_story("long", LONG)).answer("Who?", ())
    (cited,) = answer.citations
    assert (cited.start, cited.end) == (LONG.index("Bessy"), LONG.index("Bessy") + 5)


def test_random_weights_give_verbatim_spans_or_none(random_model: str):
    answerer = HuggingFaceSystem(random_model).prepare(make_story("mill", PLOT))
    for question in ("Who keeps the mill?", "x" * 900, "Who?"):
        answer = answerer.answer(question, ())
        assert 0 <= answer.confidence <= 1
        for cited in answer.citations:
            assert PLOT[cited.start : cited.end] == cited.text == answer.short_answer


def test_fingerprint_changes_with_the_weights(random_model: str, wants_bessy: str, tmp_path: Path):
    first = HuggingFaceSystem(random_model).fingerprint
    assert first == HuggingFaceSystem(random_model).fingerprint
    assert first != HuggingFaceSystem(wants_bessy).fingerprint
    folder = save_tiny_model(tmp_path / "m")
    before = HuggingFaceSystem(str(folder)).fingerprint
    save_tiny_model(folder, seed=4)
    assert HuggingFaceSystem(str(folder)).fingerprint != before


def test_a_folder_without_a_model_is_one_line(tmp_path: Path):
    with pytest.raises(QAError, match="cannot load the question-answering model") as error:
        HuggingFaceSystem(str(tmp_path)).prepare(make_story("mill", PLOT))
    assert "\n" not in str(error.value)
