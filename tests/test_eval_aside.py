"""Questions on texts that are not trained on."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_train_data import tale
from test_train_own import paragraph

from eval.aside import set_aside
from qa.train.lessons import Plan
from qa.train.own import own

PLOTS = 10


@pytest.fixture
def data(tmp_path: Path) -> Path:
    tale(tmp_path / "fairytaleqa", "train")
    paragraph(tmp_path)
    folder = tmp_path / "narrativeqa"
    folder.mkdir()
    numbers = range(PLOTS)
    (folder / "summaries.csv").write_text(
        "document_id,set,summary\n" + "".join(f"d{n},valid,Ada hid {n} coins.\n" for n in numbers)
    )
    (folder / "qaps.csv").write_text(
        "document_id,set,question,answer1,answer2\n"
        + "".join(f"d{n},valid,What did Ada hide?,{n} coins,coins\n" for n in numbers)
    )
    return tmp_path


def test_the_first_texts_of_the_public_data_are_asked(data: Path) -> None:
    _, plots, sections, tales = set_aside(data)
    assert sorted(plots.stories) == [f"d{n}" for n in range(Plan().plots_aside)]
    assert {e.story_id for e in plots.examples} == set(plots.stories)
    assert sections.stories["goat-2"].text == "It was sick."
    assert tales.stories["goat"].text.startswith("A goat ate a hat.")
    assert len(sections.examples) == len(tales.examples) == 2


def test_our_own_are_those_that_training_leaves_out(data: Path) -> None:
    ours = set_aside(data)[0]
    aside = list(own(data, aside=True))
    assert [e.question for e in ours.examples] == [one.question for one in aside]
    for example, one in zip(ours.examples, aside, strict=True):
        assert ours.stories[example.story_id].text == one.document.text
        assert example.answerable == bool(one.answers)
    texts = {story.text for story in ours.stories.values()}
    assert not texts & {one.document.text for one in own(data, aside=False)}
