"""What the reader of each benchmark returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from eval.dataset import Dataset, Example
from index.errors import DataError, QuestionError, StoryError, shown
from index.records import Story
from index.stories import make_story
from qa.question import analyse

__all__ = ["Benchmark", "checked_story", "question_type", "taken"]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark's questions, with what it has beyond them.

    `human` is a second person's answer by example id, to be measured against the first person's;
    empty where the benchmark has none.
    """

    dataset: Dataset
    human: Mapping[str, str] = field(default_factory=dict)


def taken(
    name: str,
    stories: Mapping[str, Story],
    examples: Sequence[Example],
    skipped: Sequence[str],
    limit: int | None,
    human: Mapping[str, str] | None = None,
) -> Benchmark:
    """Return the first `limit` examples, with their stories, as a benchmark.

    Raises:
        DataError: not one example is left.
    """
    if not examples:
        why = f"; the first of {len(skipped)} left out: {skipped[0]}" if skipped else ""
        raise DataError(f"{name} has no question that can be used{why}; check the files")
    kept = tuple(examples[:limit])
    used = {e.story_id for e in kept}
    ids = {e.example_id for e in kept}
    return Benchmark(
        Dataset(name, {k: s for k, s in stories.items() if k in used}, kept, tuple(skipped)),
        {k: text for k, text in (human or {}).items() if k in ids},
    )


def checked_story(story_id: str, text: object, where: str, skipped: list[str]) -> Story | None:
    """Return the text as a story, or None, with the reason added to `skipped`."""
    if not isinstance(text, str):
        skipped.append(f"{where}: the text is {shown(text)}, not a text; left out")
        return None
    try:
        return make_story(story_id, text)
    except StoryError as error:
        skipped.append(f"{where}: {error}; left out")
        return None


def question_type(text: object, where: str, skipped: list[str]) -> str | None:
    """Return the kind of question, or None, with the reason added to `skipped`."""
    if not isinstance(text, str):
        skipped.append(f"{where}: the question is {shown(text)}, not a text; left out")
        return None
    try:
        return analyse(text).type.value
    except QuestionError as error:
        skipped.append(f"{where}: {error}; left out")
        return None
