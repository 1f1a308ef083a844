from __future__ import annotations

from collections import Counter

import pytest

from index.names import is_name, label_names, name_runs
from index.passages import split
from index.records import Token
from index.stories import make_story

TALE = """\
Ji-hoon Marsh guarded the bridge at Velmora for the old queen. Nobody in Velmora trusted him. \
On Monday Ji-hoon met Petra Quill Jr. and three soldiers. Petra gave Marsh her ring. Marsh \
sold the ring in Velmora. "Run," said Petra. Ji-hoon ran."""


def parsed(text: str) -> list[list[Token]]:
    return split(make_story("s", text))[1]


def names(parses: list[list[Token]]) -> Counter[tuple[str, str]]:
    """Count (name, label) over all passages."""
    return Counter(
        (" ".join(t.text for t in tokens[a:b]), tokens[a].ent)
        for tokens in parses
        for a, b in name_runs(tokens)
    )


def test_each_name_has_one_label_throughout() -> None:
    found = names(parsed(TALE))
    assert dict(found.keys()) == {
        "Ji-hoon Marsh": "PERSON",
        "Ji-hoon": "PERSON",
        "Marsh": "PERSON",
        "Petra Quill Jr.": "PERSON",
        "Petra": "PERSON",
        "Velmora": "GPE",
    }
    assert found["Velmora", "GPE"] == 3
    assert found["Ji-hoon", "PERSON"] == 2


def test_dates_and_numbers_are_no_names() -> None:
    tokens = [t for tokens in parsed(TALE) for t in tokens]
    for token in tokens:
        if token.text in {"Monday", "three"}:
            assert token.ent
            assert not is_name(token)


def test_first_word_of_a_sentence_is_no_name_for_its_capital() -> None:
    words = "Rain fell. Bread was dear. Soldiers came. She wept. Nothing helped. Why?"
    assert not names(parsed(words))


def test_suffix_belongs_to_the_name() -> None:
    tokens = next(t for t in parsed(TALE) if any(x.text == "Jr." for x in t))
    jr = next(t for t in tokens if t.text == "Jr.")
    assert (jr.pos, jr.ent) == ("PROPN", "PERSON")


def make(text: str, pos: str = "PROPN", ent: str = "", dep: str = "dep", head: int = 0) -> Token:
    return Token(text, text.lower(), pos, pos, dep, head, ent, 0, len(text))


def test_mentions_outvote_one_wrong_label() -> None:
    # "then Okoro slept" three times; the model once took the name for a product.
    sentences = [
        [
            make("then", "ADV", head=2),
            make("Okoro", "PROPN", ent, "nsubj", head=2),
            make("slept", "VERB", dep="ROOT", head=2),
        ]
        for ent in ("PRODUCT", "PERSON", "")
    ]
    assert [tokens[1].ent for tokens in label_names(sentences)] == ["PERSON"] * 3


@pytest.mark.parametrize("parses", [[], [[]], [[make("the", "DET", dep="ROOT")]]])
def test_nothing_to_label(parses: list[list[Token]]) -> None:
    assert label_names(parses) == parses


def test_labels_do_not_touch_offsets_or_the_tree() -> None:
    def fixed(parses: list[list[Token]]) -> list[tuple[object, ...]]:
        return [(t.text, t.start, t.end, t.head, t.dep) for tokens in parses for t in tokens]

    parses = parsed(TALE)
    assert fixed(label_names(parses)) == fixed(parses)
    assert label_names(parses) == parses  # labelling again changes nothing


def test_capitals_of_a_heading_make_no_names() -> None:
    found = names(
        parsed("The Smith of Ardle\n\nAt dawn Petra Quill asked a smith in Ardle for a plough.")
    )
    assert set(found) == {("Ardle", "GPE"), ("Petra Quill", "PERSON")}


def test_line_with_a_verb_is_no_heading() -> None:
    assert names(parsed("Where was Petra Quill")) == {("Petra Quill", "PERSON"): 1}


def test_full_stop_is_no_part_of_a_name() -> None:
    found = names(parsed("Tobin Osk Sr. met Tobin Osk Jr. at the harbour."))
    assert {name.rstrip(".") for name, _ in found} == {"Tobin Osk Sr", "Tobin Osk Jr"}
