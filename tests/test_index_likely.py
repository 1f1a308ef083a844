from __future__ import annotations

import pytest

from index.coreference import story_cast, with_names
from index.likely import with_likely
from index.passages import split
from index.stories import make_story


def added(text: str) -> list[str]:
    """Return what is added to each passage of `text`."""
    passages, parses = split(make_story("s", text))
    texts = [with_names(p, tokens) for p, tokens in zip(passages, parses, strict=True)]
    found = with_likely(texts, parses, story_cast(parses))
    assert all(new.startswith(old) for new, old in zip(found, texts, strict=True))
    return [new[len(old) :].strip() for new, old in zip(found, texts, strict=True)]


def test_all_whom_a_doubtful_pronoun_may_mean_are_added() -> None:
    text = "Mr. Osman Quill and Mr. Tobias Renn met at the mill. Then he went home."
    assert added(text) == ["", "Osman Quill Tobias Renn"]


def test_nobody_is_added_where_a_pronoun_is_tied() -> None:
    assert added("Tobias Renn was a fisherman. He sold his boat.") == ["", ""]


def test_nobody_of_the_other_gender_is_added() -> None:
    text = "Mr. Osman Quill and Mr. Tobias Renn met Queen Greta. Then he went home."
    assert "Greta" not in added(text)[1]


def test_where_nobody_is_near_it_is_the_last_one_of_that_gender() -> None:
    text = (
        "Mr. Osman Quill built a mill. It stood by the river. The water was deep. "
        "The years passed. The wheel turned. He was happy."
    )
    assert added(text)[-1] == "Osman Quill"


def test_what_comes_later_adds_nobody() -> None:
    text = "He went home. Mr. Osman Quill met Mr. Tobias Renn."
    assert added(text)[0] == ""


@pytest.mark.parametrize("text", ["The mill burned.", "He left."])
def test_a_story_of_nobody(text: str) -> None:
    assert added(text) == [""]
