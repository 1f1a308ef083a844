"""Windows laid out as the program reads."""

from __future__ import annotations

import pytest

from index.encoder import Encoder
from qa.neural_reader import load_tokenizer
from qa.train.as_read import Place, Shelf, as_read
from qa.train.data import Document, Example, pooled, tell_sentences
from qa.train.features import Window
from qa.train.targets import Target

TEXT = "Ada hid a coin. The miller slept all night. Ivo saw her. A goat ate the hay in the barn."
DOCUMENT = Document("d", TEXT, tell_sentences(TEXT))
COIN, MILLER, IVO, GOAT = DOCUMENT.sentences


@pytest.fixture(scope="module")
def shelf(encoder: Encoder) -> Shelf:
    return Shelf(encoder, load_tokenizer())


def text(window: Window) -> str:
    return load_tokenizer().decode(window.ids[window.offset : -1].tolist())


def read(
    shelf: Shelf, ranked: list[Place], answers: list[str], most: int = 100, longest: int = 90
) -> tuple[Window, ...]:
    question = load_tokenizer().encode("What was hidden?", add_special_tokens=False).ids
    places = [(TEXT.index(answer), TEXT.index(answer) + len(answer)) for answer in answers]
    found = [Target(*place, 1.0) for place in places]
    return as_read(question, DOCUMENT, ranked, found, shelf, most, longest)


def test_the_best_passages_that_fit_stand_in_story_order(shelf: Shelf) -> None:
    (window,) = read(shelf, [IVO, GOAT, COIN], [], most=10)
    assert text(window) == "ada hid a coin. ivo saw her."  # the goat's is too long
    assert window.spans == ()


def test_answers_are_where_they_stand(shelf: Shelf) -> None:
    (window,) = read(shelf, [GOAT, COIN], ["a coin", "the hay", "slept"])
    ids = [window.ids[first : last + 1].tolist() for first, last, _ in window.spans]
    assert [load_tokenizer().decode(row) for row in ids] == ["a coin", "the hay"]


def test_what_answers_best_is_read_whatever_its_rank(shelf: Shelf) -> None:
    (window,) = read(shelf, [GOAT, MILLER, COIN], ["a coin", "Ivo"], most=13)
    assert text(window) == "ada hid a coin. the miller slept all night."


def test_an_answer_that_no_passage_holds_gives_no_window(shelf: Shelf) -> None:
    assert read(shelf, [GOAT], ["a coin"]) == ()
    assert read(shelf, [COIN, MILLER], ["coin. The miller"]) == ()


def test_what_is_longer_than_a_window_fills_two(shelf: Shelf) -> None:
    windows = read(shelf, [GOAT, COIN, MILLER, IVO], ["a coin"], longest=90)
    assert len(windows) == 1
    question = len(load_tokenizer().encode("What was hidden?", add_special_tokens=False).ids)
    windows = as_read(
        list(range(1000, 1000 + question)),
        Document("long", (TEXT + " ") * 4, tell_sentences((TEXT + " ") * 4)),
        tell_sentences((TEXT + " ") * 4),
        (),
        shelf,
        200,
        90,
    )
    assert len(windows) == 2
    assert max(len(window.ids) for window in windows) <= 90


def test_passages_are_ranked_as_the_program_ranks_them(shelf: Shelf) -> None:
    ranked = shelf.ranked(DOCUMENT, "What did the goat eat?")
    assert ranked[0] == GOAT
    assert set(ranked) <= set(DOCUMENT.sentences)
    assert shelf.ranked(DOCUMENT, "What did Ada hide?")[0] == COIN


def test_pooled_documents_keep_what_is_marked() -> None:
    texts = ["Ada hid a coin.", "Ivo saw her.", "A goat ate hay."]
    rows = []
    for name, said in enumerate(texts):
        document = Document(str(name), said, tell_sentences(said))
        rows.append(Example("?", document, (said[:3],), (0, len(said)), ((0, 3),)))
    found = list(pooled(rows, 2))
    assert [e.document.text for e in found] == ["Ada hid a coin.\n\nIvo saw her."] * 2 + texts[2:]
    for example, said in zip(found, texts, strict=True):
        (a, b), (low, high) = example.spans[0], example.region
        assert (example.document.text[a:b], example.document.text[low:high]) == (said[:3], said)
        assert [example.document.text[x:y] for x, y in example.document.sentences] == (
            texts[:2] if example.document.name == "0" else texts[2:]
        )
