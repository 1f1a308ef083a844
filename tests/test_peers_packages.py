"""Haystack and txtai as systems; run where the extra `peers` is installed."""

from pathlib import Path

import pytest
from peer_models import save_tiny_model

from eval.peers.named import peer
from index.errors import QAError
from index.stories import make_story

FILLER = " ".join(f"On day {n} the river was as grey and cold as ever." for n in range(60))
TEXT = f"{FILLER}\n\nOld Tam keeps the mill. Bessy mends the sails.\n\n{FILLER}"

# Their own dependencies warn of each other's changes.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module", params=["haystack", "txtai"])
def kind(request: pytest.FixtureRequest) -> str:
    pytest.importorskip(request.param)
    return request.param


@pytest.fixture(scope="module")
def wants_bessy(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny_model(tmp_path_factory.mktemp("bessy"), "bessy"))


def test_it_retrieves_and_reads_where_the_answer_stands(kind: str, wants_bessy: str):
    story = make_story("mill", TEXT)
    answerer = peer(kind, wants_bessy).prepare(story)
    answer = answerer.answer("Who mends the sails?", ())
    assert answer.short_answer == "Bessy"
    (cited,) = answer.citations
    assert (cited.start, cited.text) == (TEXT.index("Bessy"), "Bessy")
    assert "Bessy" in answer.passages[0].passage.text
    for passage in [*answerer.passages, *(r.passage for r in answer.passages)]:
        assert TEXT[passage.start : passage.end] == passage.text
    assert 0 < answer.confidence <= 1


def test_it_declines_where_its_reader_finds_nothing(kind: str, wants_bessy: str):
    answerer = peer(kind, wants_bessy).prepare(make_story("river", FILLER))
    answer = answerer.answer("Where is the sea?", ())
    assert (answer.answerable, answer.citations) == (False, ())


def test_haystack_always_takes_the_best_span_however_weak(wants_bessy: str):
    pytest.importorskip("haystack")
    answerer = peer("haystack-always", wants_bessy).prepare(make_story("river", FILLER))
    answer = answerer.answer("Where is the sea?", ())
    assert answer.answerable
    assert FILLER[answer.citations[0].start : answer.citations[0].end] == answer.citations[0].text


def test_stories_follow_each_other(kind: str, wants_bessy: str):
    system = peer(kind, wants_bessy)
    system.prepare(make_story("mill", TEXT)).answer("Who?", ())
    story = make_story("other", "The sails are red. It is Bessy who mends the sails.")
    answer = system.prepare(story).answer("Who mends the sails?", ())
    assert story.text[answer.citations[0].start : answer.citations[0].end] == "Bessy"


def test_a_folder_without_a_model_is_one_line(kind: str, tmp_path: Path):
    with pytest.raises(QAError, match=f"{kind} cannot load the model") as error:
        peer(kind, str(tmp_path)).prepare(make_story("mill", TEXT))
    assert "\n" not in str(error.value)


def test_fingerprint_names_version_and_weights(kind: str, wants_bessy: str, tmp_path: Path):
    assert peer(kind, wants_bessy).fingerprint != peer(kind, str(tmp_path)).fingerprint
