from __future__ import annotations

import json

import pytest
from qa_texts import parsed

from index.cast import Cast, Character, find_cast
from index.coreference import resolve, story_cast


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


def character(text: str, name: str) -> Character:
    """Return the character of that name in the story `text`."""
    return next(c for c in story_cast(parsed(text)).characters if c.name == name)


@pytest.mark.parametrize(
    ("text", "aliases"),
    [
        (
            "Yesterday Min-jae came. Today Minjae came. We met Min-jae. Then Min Jae left.",
            ("Min Jae", "Min-jae", "Minjae"),
        ),
        (
            "Yesterday Jean-Luc Orr came. We like Jean Luc. Then we met Jean-Luc.",
            ("Jean Luc", "Jean-Luc", "Jean-Luc Orr"),
        ),
        ("We met René Orr. Then we met Rene.", ("Rene", "René Orr")),
        ("We met Tobias Renn. Then T. Renn left.", ("T. Renn", "Tobias Renn")),
    ],
)
def test_spellings_of_a_name_are_one_character(text: str, aliases: tuple[str, ...]) -> None:
    (found,) = find_cast(parsed(text)).characters
    assert found.aliases == aliases


def test_titles_part_a_couple_and_are_no_part_of_a_full_name() -> None:
    text = "We met Mr. Lund. Then we met Mrs. Lund. Mrs. Lund wept. Captain Hugo Marsh laughed."
    found = {c.name: c for c in find_cast(parsed(text)).characters}
    assert {name: c.gender for name, c in found.items()} == {
        "Mr. Lund": "m",
        "Mrs. Lund": "f",
        "Hugo Marsh": "",
    }
    assert found["Hugo Marsh"].aliases == ("Captain Hugo Marsh", "Hugo Marsh")


def test_a_title_chooses_between_two_of_one_family() -> None:
    text = (
        "We met Hugo Marsh, a waiter, and his wife, Ada Marsh. Hugo Marsh laughed. Mrs. Marsh wept."
    )
    assert "Mrs. Marsh" in character(text, "Ada Marsh").aliases


@pytest.mark.parametrize(
    ("text", "played"),
    [
        ("A spy, Hugo Marsh (Dan Reyes), comes home.", {"Hugo Marsh": "Dan Reyes"}),
        (
            "Hugo and Petra Marsh (Dan Reyes and Ines Vola) come home. Hugo laughs. Petra sings.",
            {"Hugo": "Dan Reyes", "Petra Marsh": "Ines Vola"},
        ),
        # A nickname, and a name that the story goes on to use.
        ("Then Hugo Marsh (Bob) comes home.", {"Hugo Marsh": None}),
        ("Then Hugo Marsh (the spy) comes home.", {"Hugo Marsh": None}),
    ],
)
def test_who_plays_whom(text: str, played: dict[str, str | None]) -> None:
    assert {c.name: c.actor for c in find_cast(parsed(text)).characters} == played


def test_a_name_in_brackets_that_the_story_uses_is_a_characters() -> None:
    text = "A thief, the Lynx (Hugo Marsh), comes home. Hugo Marsh is tired. Marsh sleeps."
    assert "Hugo Marsh" in names(text)


@pytest.mark.parametrize(
    ("text", "name", "roles"),
    [
        ("Hugo Marsh, a tired waiter, came.", "Hugo Marsh", ("a tired waiter",)),
        ("Pell Orrin is the widow of a judge.", "Pell Orrin", ("the widow of a judge",)),
        ("He phoned his elder sister, Ada Holm.", "Ada Holm", ("his elder sister",)),
        ("A man named Osman sold the map.", "Osman", ()),
        ("A farm boy named Osman sold the map.", "Osman", ("A farm boy",)),
        ("Hugo Marsh (Dan Reyes), a harbour pilot, came.", "Hugo Marsh", ("a harbour pilot",)),
        ("Then the old harbour pilot Hugo Marsh wept.", "Hugo Marsh", ("the old harbour pilot",)),
        ("Hugo Marsh is not a harbour pilot.", "Hugo Marsh", ()),
        ("Hugo Marsh saw a harbour pilot.", "Hugo Marsh", ()),
    ],
)
def test_what_the_text_says_that_somebody_is(text: str, name: str, roles: tuple[str, ...]) -> None:
    assert character(text, name).roles == roles


def test_one_or_several() -> None:
    text = "Hugo Marsh owns a mill. The Osks are poor. The Osks envy Hugo Marsh."
    found = {c.name: c.number for c in find_cast(parsed(text)).characters}
    assert found["Hugo Marsh"] == "sg"
    assert found.get("Osks", "pl") == "pl"


def test_the_cast_is_read_as_it_was_written() -> None:
    cast = story_cast(parsed("Hugo Marsh (Dan Reyes), a waiter, met René. Marsh laughed."))
    assert Cast.from_json(json.loads(json.dumps(cast.to_json()))) == cast
    assert cast.counts() == [2, 1]
    assert Cast.from_json({"characters": [], "mentions": []}).counts() == []


def test_title_stays_apart_from_a_name_that_pronouns_give_the_other_gender() -> None:
    text = "Pell ran because he was late. Pell fell, and he wept. Pell Quill rose. Mrs. Quill came."
    found = {c.name: c.aliases for c in find_cast(parsed(text)).characters}
    assert found["Pell Quill"] == ("Pell", "Pell Quill")
    assert "Mrs. Quill" in found


def test_two_may_have_one_name() -> None:
    text = "Mr. Ansel Pike slept. Mrs. Ansel Pike sang. He snored. She laughed."
    cast = story_cast(resolve(parsed(text)))
    assert [c.name for c in cast.characters] == ["Ansel Pike", "Ansel Pike"]
