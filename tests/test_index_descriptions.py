from __future__ import annotations

import pytest

from index.cast import find_cast
from index.descriptions import Description, descriptions
from index.passages import split
from index.persons import person_gender, person_nouns
from index.stories import make_story


def described(text: str) -> list[tuple[str, str, bool, bool]]:
    """Return (noun, name of whom it means, new, general) of each description, in order."""
    parses = split(make_story("s", text))[1]
    cast = find_cast(parses)

    def name(found: Description) -> str:
        return cast.characters[found.character].name if found.character >= 0 else ""

    return [(d.lemma, name(d), d.new, d.general) for d in descriptions(parses, cast).values()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Somebody new, then the same.
        ("A stranger came. The stranger sat.", [("stranger", "", True), ("stranger", "", False)]),
        # What somebody is makes nobody new.
        ("Mr. Lund is a smith.", []),
        ("Mr. Lund came as a guest.", []),
        # A role or a title takes its bearer up.
        ("Mr. Lund, an old baker, slept in the barn. The baker snored.", ["Mr. Lund"]),
        ("Constable Ilse Quill slept. The constable snored.", ["Ilse Quill"]),
        ("There was a girl named Ilse Quill.", ["Ilse Quill"]),
        # Nobody, many, and things.
        ("No man came.", []),
        ("The two men came.", []),
        ("The lamp fell.", []),
    ],
)
def test_persons_without_a_name(
    text: str, expected: list[str] | list[tuple[str, str, bool]]
) -> None:
    found = described(text)
    if expected and isinstance(expected[0], str):
        assert [whom for _, whom, _, _ in found] == expected
    else:
        assert [each[:3] for each in found] == expected


def test_general_noun_may_take_anybody_up() -> None:
    assert [general for *_, general in described("The girl wept.")] == [True]
    assert [general for *_, general in described("The baker wept.")] == [False]


def test_nouns_that_act_like_persons_are_persons() -> None:
    parses = split(make_story("s", "The lamplighter, who was ill, slept. The kettle spoke."))[1]
    nouns = person_nouns(parses)
    assert "lamplighter" in nouns
    assert "kettle" not in nouns
    assert [person_gender(word) for word in ("uncle", "aunt", "baker")] == ["m", "f", ""]
