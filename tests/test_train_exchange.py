"""Words exchanged for ones like them."""

import numpy as np
import pytest

from index.minilm import load_tokenizer
from qa.train.exchange import exchanged, neighbours
from qa.train.features import Group, Window

WORDS = """
    miller baker killed murdered castle tower queen king river bread horse winter letter garden
    window silver
""".split()
TOKENIZER = load_tokenizer()
IDS = {word: TOKENIZER.token_to_id(word) for word in (*WORDS, "who", "the", "was", "in")}


@pytest.fixture(scope="module")
def near():
    """Neighbours where two and two words are nearly one."""
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(TOKENIZER.get_vocab_size(), 64)).astype(np.float32)
    for one, other in zip(WORDS[::2], WORDS[1::2], strict=True):
        vectors[IDS[other]] = vectors[IDS[one]] + 0.01 * rng.normal(size=64)
    return neighbours(TOKENIZER, vectors)


def test_words_are_near_what_is_like_them(near):
    assert near.shape == (TOKENIZER.get_vocab_size(), 12)
    for one, other in zip(WORDS[::2], WORDS[1::2], strict=True):
        assert IDS[other] in near[IDS[one]]
        assert IDS[one] not in near[IDS[one]]


def test_what_is_no_word_has_none(near):
    pieces = ["the", "who", "##ing", "[CLS]", ".", "7", "ab"]
    assert (near[[TOKENIZER.token_to_id(piece) for piece in pieces]] == -1).all()
    assert TOKENIZER.token_to_id("the") not in near


def lesson(*, taught=True, text=("the", "queen", "was", "in", "the", "castle", "queen")):
    asked = [IDS[word] for word in ("who", "killed", "the", "queen")]
    told = [IDS[word] for word in text]
    ids = np.array([101, *asked, 102, *told, 102], np.int32)
    return Group((Window(ids, len(asked) + 2, ((7, 7, 1.0),)),), taught=taught)


def test_over_half_are_put_in_other_words(near):
    groups = [lesson() for _ in range(600)]
    found = exchanged(groups, TOKENIZER, near, 1)
    share = sum(group.alone for group in found) / len(found)
    assert share == pytest.approx(0.65 * (1 - 0.3 * 0.4), abs=0.06)
    changed = [g for g in found if (g.windows[0].ids != groups[0].windows[0].ids).any()]
    assert changed
    assert all(group.alone for group in changed)
    for group in changed:
        (window,), (before,) = group.windows, groups[0].windows
        assert window.spans == before.spans
        kept = [n for n, piece in enumerate(before.ids) if near[piece, 0] < 0]
        assert (window.ids[kept] == before.ids[kept]).all()
        assert window.ids[7] == window.ids[12]  # the same word all through the text


def test_the_same_for_the_same_seed(near):
    groups = [lesson() for _ in range(50)]
    first, again, other = (
        [g.windows[0].ids.tolist() for g in exchanged(groups, TOKENIZER, near, seed)]
        for seed in (4, 4, 5)
    )
    assert first == again
    assert first != other


def test_lessons_without_a_teacher_stay(near):
    groups = [lesson(taught=False) for _ in range(50)]
    assert exchanged(groups, TOKENIZER, near, 1) == groups


def test_a_word_in_pieces_stays(near):
    piece = TOKENIZER.token_to_id("##ing")
    ids = np.array([101, IDS["who"], 102, *[IDS["river"], piece] * 4, 102], np.int32)
    groups = [Group((Window(ids, 3, ()),))] * 80
    for group in exchanged(groups, TOKENIZER, near, 2):
        assert (group.windows[0].ids == ids).all()
