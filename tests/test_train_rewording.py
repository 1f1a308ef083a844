"""Questions in other words."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from index.errors import DataError
from index.language import load_language
from qa.train.rewording import Thesaurus, reworded

FILES = {
    "index.noun": "  1 a licence\n"
    "boat n 2 1 @ 2 1 00000001 00000002  \nvessel n 1 0 1 0 00000003\n",
    "data.noun": "  1 a licence\n"
    "00000001 06 n 03 boat 0 row_boat 0 Argo 0 001 @ 00000003 n 0000 | it floats  \n"
    "00000002 06 n 01 gravy_boat 0 000 | for sauce  \n"
    "00000003 06 n 02 vessel 0 craft 0 000 | floats as well  \n",
    "index.verb": "steal v 1 1 @ 1 1 00000001  \n",
    "data.verb": "00000001 40 v 02 steal 0 pinch 0 000 01 + 08 00 | take  \n",
    "index.adj": "quick a 1 1 & 1 1 00000001  \n",
    "data.adj": "00000001 00 a 03 quick 0 speedy(p) 0 fleet 1 000 | fast  \n",
    "cntlist.rev": "boat%1:06:00:: 1 9\nrow_boat%1:06:00:: 1 4\nvessel%1:06:00:: 1 2\n"
    "pinch%2:40:00:: 1 3\nspeedy%5:00:00:quick:00 1 1\nargo%1:06:00:: 1 7\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def thesaurus(folder: Path) -> Thesaurus:
    return Thesaurus.load(folder)


def worded(thesaurus: Thesaurus, question: str, seed: int = 0) -> str | None:
    return reworded(load_language()(question), thesaurus, random.Random(seed), share=1.0)


def test_words_that_are_in_use_stand_for_a_sense(thesaurus: Thesaurus) -> None:
    seen = {tuple(thesaurus.others("boat", "noun", random.Random(n))) for n in range(40)}
    assert seen == {(("row_boat", 15),), (("row_boat", 15), ("vessel", 3))}  # "craft" is in none
    assert thesaurus.others("steal", "verb", random.Random(0)) == [("pinch", 12)]
    assert thesaurus.others("quick", "adj", random.Random(0)) == [("speedy", 6)]
    assert thesaurus.others("goat", "noun", random.Random(0)) == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who stole the boats?", {"Who pinched the row boats?", "Who pinched the vessels?"}),
        ("Why did Ada steal it?", {"Why did Ada pinch it?"}),
        ("Who has a quick boat?", {"Who has a speedy row boat?", "Who has a speedy vessel?"}),
        ("What is Boat called?", {None}),  # a name
        ("Where did the boy sleep?", {None}),
    ],
)
def test_a_question_keeps_its_form(
    thesaurus: Thesaurus, question: str, expected: set[str | None]
) -> None:
    assert {worded(thesaurus, question, seed) for seed in range(40)} == expected


def test_the_same_lot_gives_the_same_words(thesaurus: Thesaurus) -> None:
    question = "Who stole the quick boat?"
    assert worded(thesaurus, question, 3) == worded(thesaurus, question, 3)


def test_a_folder_without_wordnet_is_told_in_one_line(folder: Path) -> None:
    (folder / "data.verb").unlink()
    with pytest.raises(DataError, match=r"cannot read .*data\.verb.*: No such file.*name a folder"):
        Thesaurus.load(folder)
    (folder / "data.verb").write_text("nothing of the kind\n")
    with pytest.raises(DataError, match="does not hold WordNet"):
        Thesaurus.load(folder)
