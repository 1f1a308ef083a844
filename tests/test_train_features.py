import random

import numpy as np
import pytest

from qa.neural_reader import load_tokenizer
from qa.train.data import Document, Example, tell_sentences
from qa.train.features import Group, Window, around, batches, collate, cut, pieces, stretch
from qa.train.targets import Target

TEXT = "A mule ran off. Old Hesper wept bitterly. Nobody had seen it. It slept in a ditch by dawn."
DOCUMENT = Document("d", TEXT, tell_sentences(TEXT))


@pytest.fixture(scope="module")
def whole():
    return pieces(DOCUMENT, load_tokenizer())


def target(words, weight=1.0):
    return Target(TEXT.index(words), TEXT.index(words) + len(words), weight)


def test_pieces_know_their_characters_and_sentences(whole):
    assert TEXT[whole.starts[1] : whole.ends[1]] == "mule"
    assert [TEXT[whole.starts[b] :][:3] for b in whole.bounds[:-1]] == ["A m", "Old", "Nob", "It "]
    assert whole.bounds[-1] == len(whole.ids)


@pytest.mark.parametrize("words", ["mule", "Old Hesper", "wept bitterly", "a ditch by dawn"])
def test_a_target_is_where_its_words_are(whole, words):
    window = cut([7, 8], whole, 0, len(whole.ids), [target(words)])
    ((first, last, _),) = window.spans
    assert load_tokenizer().decode(window.ids[first : last + 1].tolist()) == words.lower()
    assert window.ids[[0, 1, 2, 3, -1]].tolist() == [101, 7, 8, 102, 102]


def test_targets_outside_the_window_are_left_out(whole):
    begin = whole.bounds[1]
    window = cut([7], whole, begin, whole.bounds[2], [target("mule"), target("Hesper")])
    assert len(window.spans) == 1
    assert window.spans[0][0] == window.offset + 1


def test_a_stretch_holds_whole_sentences_and_the_target(whole):
    low = whole.bounds[1] + 1
    for seed in range(20):
        start, end = around(whole, low, low + 1, 14, random.Random(seed))
        assert start in whole.bounds
        assert end in whole.bounds
        assert start <= low < end
        assert end - start <= 14


def test_a_sentence_longer_than_the_stretch_is_cut_around_the_target(whole):
    low = whole.bounds[3] + 6
    start, end = around(whole, low, low + 2, 4, random.Random(0))
    assert end - start == 4
    assert start <= low
    assert low + 2 <= end


def test_the_region_in_pieces(whole):
    region = (TEXT.index("Old"), TEXT.index(" Nobody"))
    example = Example("?", DOCUMENT, (), region)
    assert stretch(example, whole) == (whole.bounds[1], whole.bounds[2])


def group(*lengths):
    return Group(tuple(Window(np.arange(n, dtype=np.int32), 3, ()) for n in lengths))


def test_batches_keep_to_their_bounds_and_lose_nothing():
    rng = random.Random(1)
    groups = [group(*[rng.randint(5, 60)] * rng.randint(1, 2)) for _ in range(2_300)]
    found = list(batches(groups, random.Random(0), tokens=300, windows=9))
    assert sorted(id(g) for batch in found for g in batch) == sorted(map(id, groups))
    for batch in found:
        rows = sum(len(g.windows) for g in batch)
        assert rows <= 9
        assert rows * max(g.longest for g in batch) <= 300
    again = list(batches(groups, random.Random(0), tokens=300, windows=9))
    assert [[id(g) for g in b] for b in found] == [[id(g) for g in b] for b in again]


def test_what_comes_first_is_trained_on_first():
    groups = [group(5 + n % 50) for n in range(2_000)]
    place = {id(g): n for n, g in enumerate(groups)}
    found = list(batches(groups, random.Random(0), tokens=400, windows=9))
    order = [place[id(g)] // 1_000 for batch in found for g in batch]
    assert order == sorted(order)


def test_collate_pads_and_marks(whole):
    a = cut([7], whole, 0, whole.bounds[1], [target("mule", 0.5)])
    b = cut([7, 8, 9], whole, whole.bounds[1], whole.bounds[3])
    batch = collate([Group((a, b), 2.0), Group((a,))])
    assert batch.ids.shape == (3, max(len(a.ids), len(b.ids)))
    assert batch.mask.sum(1).tolist() == [len(a.ids), len(b.ids), len(a.ids)]
    assert batch.text.sum(1).tolist() == [
        whole.bounds[1],
        whole.bounds[3] - whole.bounds[1],
        whole.bounds[1],
    ]
    assert batch.types[1, :6].tolist() == [0, 0, 0, 0, 0, 1]
    assert batch.group.tolist() == [0, 0, 1]
    assert batch.weight.tolist() == [2.0, 1.0]
    assert batch.targets.tolist() == [[0, 4, 4], [2, 4, 4]]
    assert batch.target_weight.tolist() == [0.5, 0.5]
