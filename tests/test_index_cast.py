from __future__ import annotations

import pytest
from qa_texts import parsed

from index.cast import find_cast
from index.coreference import story_cast


def names(text: str) -> list[str]:
    return [character.name for character in find_cast(parsed(text)).characters]


def test_a_shorter_name_is_the_longer_ones() -> None:
    text = "Yesterday Hugo Marsh came. Tomorrow Marsh will leave. We met Hugo in the yard."
    cast = find_cast(parsed(text))
    (hugo,) = cast.characters
    assert (hugo.name, hugo.aliases) == ("Hugo Marsh", ("Hugo", "Hugo Marsh", "Marsh"))
    assert [(m.passage_id, m.first, m.last) for m in cast.mentions] == [
        (0, 1, 2),
        (1, 1, 1),
        (2, 2, 2),
    ]


def test_a_name_that_two_share_is_the_more_often_named_ones() -> None:
    text = "Anna Berg met Anna Holm. Anna Berg laughed. Anna wept."
    berg, holm = find_cast(parsed(text)).characters
    assert (berg.name, berg.aliases) == ("Anna Berg", ("Anna", "Anna Berg"))
    assert (holm.name, holm.aliases) == ("Anna Holm", ("Anna Holm",))


def test_father_and_son_of_one_name_are_two() -> None:
    found = names("Tobin Osk Sr. met Tobin Osk Jr. at the harbour.")
    assert [name.rstrip(".") for name in found] == ["Tobin Osk Sr", "Tobin Osk Jr"]


def test_who_plays_a_character_is_none() -> None:
    text = (
        "A spy, Hugo Marsh (Dan Reyes), comes home. Pell Orrin (Ines Vola) is his wife. She waits."
    )
    assert names(text) == ["Hugo Marsh", "Pell Orrin"]


def test_places_and_groups_are_no_characters() -> None:
    assert names("In June Hugo Marsh came to Velmora. Hugo slept in Velmora.") == ["Hugo Marsh"]
    assert names("It rained in the valley. The rain was warm.") == []
    assert find_cast([]).characters == ()


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("Mrs. Quill came.", "f"),
        ("Mr. Quill came.", "m"),
        ("Queen Isolde wept.", "f"),
        ("The nun Beata sang in the yard.", "f"),
        ("Hugo Marsh, a waiter, came.", "m"),
        ("Pell Orrin is a widow.", "f"),
        ("In the yard Hugo Marsh sold his cart.", "m"),
        ("In the yard Pell Orrin sold her cart.", "f"),
        ("In the yard Pell Orrin sold a cart.", ""),
    ],
)
def test_the_gender_that_the_text_shows(text: str, gender: str) -> None:
    (character,) = find_cast(parsed(text)).characters
    assert character.gender == gender


def test_pronouns_show_a_gender_that_nothing_else_tells() -> None:
    text = "Marlo Vint fixed the clock. He was slow. Then he fixed the bell."
    (before,) = find_cast(parsed(text)).characters
    (after,) = story_cast(parsed(text)).characters
    assert (before.name, before.gender, after.gender) == ("Marlo Vint", "", "m")
