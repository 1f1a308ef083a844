"""Questions on texts that are not trained on: ours, and the first ones of the public training data.

What weighs the reader's answers can be fitted on them; what is validated or tested is none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from eval.benchmarks.fairytaleqa import SETTINGS, load_fairytaleqa
from eval.benchmarks.narrativeqa import load_narrativeqa
from eval.dataset import Dataset, Example
from index.records import Story
from index.stories import make_story
from qa.question import analyse
from qa.train.data import Example as Lesson
from qa.train.data import fairytaleqa, narrativeqa
from qa.train.lessons import Plan
from qa.train.own import own

__all__ = ["set_aside"]


def set_aside(data: Path) -> list[Dataset]:
    """Return our own questions, NarrativeQA's, and FairytaleQA's on sections and on whole tales.

    Args:
        data: folder with `fairytaleqa/` and `narrativeqa/`, each as published.

    Raises:
        DataError: a file is missing or broken.
    """
    plan = Plan()
    plots = _first(narrativeqa(data / "narrativeqa", held_out=False), plan.plots_aside)
    tales = _first(fairytaleqa(data / "fairytaleqa", "train"), plan.tales_aside)
    published = load_narrativeqa(data / "narrativeqa", "valid", "first80").dataset
    found = [_ours(own(data, aside=True)), _about(published, plots)]
    for setting in SETTINGS:
        published = load_fairytaleqa(data / "fairytaleqa", "train", setting).dataset
        found.append(_about(published, tales))
    return found


def _first(lessons: Iterable[Lesson], number: int) -> frozenset[str]:
    """Return the names of the first so many documents."""
    return frozenset(list(dict.fromkeys(one.document.name for one in lessons))[:number])


def _about(dataset: Dataset, documents: frozenset[str]) -> Dataset:
    """Return the dataset's questions on those documents; the name is part of a question's."""
    kept = tuple(e for e in dataset.examples if e.example_id.rpartition(":")[0] in documents)
    stories = {e.story_id: dataset.stories[e.story_id] for e in kept}
    return replace(dataset, stories=stories, examples=kept)


def _ours(lessons: Iterable[Lesson]) -> Dataset:
    stories: dict[str, Story] = {}
    examples = []
    for number, one in enumerate(lessons):
        named = make_story(f"story-{len(stories)}", one.document.text)
        story = stories.setdefault(one.document.name, named)
        examples.append(
            Example(
                example_id=str(number),
                story_id=story.story_id,
                question=one.question,
                type=analyse(one.question).type,
                answerable=bool(one.answers),
                references=one.answers,
            )
        )
    return Dataset("own-aside", {s.story_id: s for s in stories.values()}, tuple(examples))
