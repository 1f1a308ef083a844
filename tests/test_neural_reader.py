import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest

from index.errors import EncoderError
from index.records import Passage
from qa.neural_reader import MAX_LENGTH, NeuralReader, load_tokenizer
from qa.question import analyse
from qa.records import Retrieved

STORY = (
    "Old Wenna mended nets in Porthgwidden. Her nephew Jory drowned in March, when the "
    "lugger struck a rock. She blamed the harbour-master — Cápt. Toll’s son — for the broken light."
)
SENTENCES = [(0, 38), (39, 101), (102, len(STORY))]


def retrieved(bounds, text=STORY):
    return [
        Retrieved(rank, Passage(rank, "s", text[a:b], a, b), 1 / rank)
        for rank, (a, b) in enumerate(bounds, 1)
    ]


class Finder:
    """A network that likes the given word pieces, and keeps what it was given."""

    def __init__(self, word):
        self.wanted = load_tokenizer().encode(word, add_special_tokens=False).ids
        self.calls = []

    def __call__(self, ids, mask, types):
        self.calls.append((ids, mask, types))
        start = np.where(ids == self.wanted[0], 9.0, -9.0).astype(np.float32)
        end = np.where(ids == self.wanted[-1], 9.0, -9.0).astype(np.float32)
        return start, end, np.zeros(len(ids), np.float32)


@pytest.mark.parametrize("word", ["Porthgwidden", "Jory", "Cápt. Toll’s son", "broken light"])
def test_offsets_are_those_of_the_story(word):
    reader = NeuralReader(Finder(word), load_tokenizer())
    best = reader.read(analyse("Where?"), retrieved(SENTENCES)).spans[0]
    assert STORY[best.start : best.end] == word


def test_passages_are_read_in_story_order_whatever_their_rank():
    network = Finder("Jory")
    NeuralReader(network, load_tokenizer()).read(analyse("Who?"), retrieved(SENTENCES[::-1]))
    ((ids, mask, types),) = network.calls
    assert "wenna mended" in load_tokenizer().decode(ids[0].tolist())
    question = load_tokenizer().encode("Who?", add_special_tokens=False).ids
    assert ids[0, : len(question) + 2].tolist() == [101, *question, 102]
    assert ids[0, -1] == 102
    assert mask.all()
    assert types[0].tolist() == [0] * (len(question) + 2) + [1] * (ids.shape[1] - 2 - len(question))


def test_a_long_story_is_read_in_windows_of_bounded_length():
    text = " ".join(["The tide came in over the flats."] * 150) + " Jory sang."
    bounds = [(33 * n, 33 * n + 32) for n in range(150)] + [(4950, 4960)]
    network = Finder("Jory")
    reading = NeuralReader(network, load_tokenizer()).read(
        analyse("Who sang?"), retrieved(bounds, text)
    )
    ((ids, mask, _),) = network.calls
    assert ids.shape[0] > 1
    assert ids.shape[1] <= MAX_LENGTH
    assert (ids[mask == 0] == 0).all()
    assert text[reading.spans[0].start : reading.spans[0].end] == "Jory"


def test_a_passage_given_twice_is_read_once():
    network = Finder("Jory")
    NeuralReader(network, load_tokenizer()).read(analyse("Who?"), retrieved(SENTENCES * 2))
    assert load_tokenizer().decode(network.calls[0][0][0].tolist()).count("jory") == 1


def read_with(most, bounds):
    network = Finder("Jory")
    NeuralReader(network, load_tokenizer()).read(analyse("Who?"), retrieved(bounds), most)
    return load_tokenizer().decode(network.calls[0][0][0].tolist())


def test_no_more_is_read_than_asked_for_and_the_best_ranked_first():
    sizes = [
        len(load_tokenizer().encode(STORY[a:b], add_special_tokens=False)) for a, b in SENTENCES
    ]
    both = read_with(sizes[1] + sizes[0], [SENTENCES[1], SENTENCES[2], SENTENCES[0]])
    assert "jory drowned" in both
    assert "wenna mended" in both  # it fits where the second best does not
    assert "blamed" not in both


def test_the_best_passage_is_read_however_long_it_is():
    assert "jory drowned" in read_with(1, [SENTENCES[1], SENTENCES[0]])


def test_a_whole_story_is_read_however_long_it_is():
    read = read_with(None, SENTENCES)
    assert all(word in read for word in ("jory drowned", "wenna mended", "blamed"))


def test_a_long_question_is_cut():
    network = Finder("Jory")
    asked = analyse("Who " + "really " * 120 + "drowned?")
    NeuralReader(network, load_tokenizer()).read(asked, retrieved(SENTENCES))
    assert int((network.calls[0][2][0] == 0).sum()) == 64 + 2


def test_without_passages_there_is_nothing():
    reading = NeuralReader(Finder("Jory"), load_tokenizer()).read(analyse("Who?"), [])
    assert reading.spans == ()


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(EncoderError, match=r"cannot load the reader .*reader\.onnx"):
        NeuralReader.load(tmp_path / "reader.onnx")


def test_an_altered_model_is_refused(tmp_path):
    model = tmp_path / "reader.onnx"
    model.write_bytes(b"weights")
    card = {"sha256": hashlib.sha256(b"other").hexdigest(), "scale": {}, "max_length": 384}
    model.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(EncoderError, match="SHA-256"):
        NeuralReader.load(model)


def test_a_file_that_is_no_model_is_refused(tmp_path):
    model = tmp_path / "reader.onnx"
    model.write_bytes(b"weights")
    card = {"sha256": hashlib.sha256(b"weights").hexdigest(), "scale": {}, "max_length": 384}
    model.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(EncoderError, match="cannot load the reader"):
        NeuralReader.load(model)


def test_neither_torch_nor_transformers_is_imported():
    code = (
        "import sys, qa.neural_reader as n; n.load_tokenizer();"
        "print([m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
