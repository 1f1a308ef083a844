"""DuoRC: questions on film plots, asked of one telling, answered from another (Saha et al. 2018).

Files: `SelfRC_{train,dev,test}.json`, where question and answer are of the same plot, and
`ParaphraseRC_{train,dev,test}.json`, where they are of two. Each is a list of `id`, `title`, `plot`
and `qa`, a list of `id`, `question`, `answers` and `no_answer`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eval.benchmarks.benchmark import Benchmark, checked_story, question_type, taken
from eval.benchmarks.files import existing, read_json
from eval.dataset import Example
from index.errors import DataError, shown
from index.records import Story

__all__ = ["PUBLISHED", "SPLITS", "VARIANTS", "load_duorc"]

PUBLISHED = "duorc.github.io"

SPLITS = ("train", "valid", "test")

VARIANTS = ("SelfRC", "ParaphraseRC")


def load_duorc(
    path: Path, split: str = "valid", variant: str = "SelfRC", limit: int | None = None
) -> Benchmark:
    """Read the questions of one file, each plot being a story.

    Args:
        path: the file, or the folder with the official files.
        split: one of `SPLITS`; of no account where a file is named.
        variant: one of `VARIANTS`; likewise.
        limit: how many questions, from the first on; all where None.

    Raises:
        DataError: the file is missing, broken, or in another layout.
    """
    official = f"{variant}_{'dev' if split == 'valid' else split}.json"
    file = path if path.is_file() else existing(path, [official], PUBLISHED)
    plots = read_json(file)
    if not isinstance(plots, list):
        raise DataError(f"{file}: not a list of plots, so not DuoRC's layout; see {PUBLISHED}")
    skipped: list[str] = []
    stories: dict[str, Story] = {}
    examples: dict[str, Example] = {}
    for number, plot in enumerate(plots, 1):
        where = f"plot {number}"
        if not isinstance(plot, dict) or not isinstance(plot.get("qa"), list):
            skipped.append(f"{where}: no object with a list 'qa'; left out")
            continue
        name = str(plot.get("id") or number)
        where = f"{where} (id {name})"
        if name in stories:
            skipped.append(f"{where}: this id is another plot's too; left out")
            continue
        if (story := checked_story(name, plot.get("plot"), where, skipped)) is None:
            continue
        stories[name] = story
        for place, question in enumerate(plot["qa"], 1):
            _add(question, story, f"{where}, question {place}", place, examples, skipped)
    return taken(file.stem, stories, list(examples.values()), skipped, limit)


def _add(
    question: object,
    story: Story,
    where: str,
    place: int,
    examples: dict[str, Example],
    skipped: list[str],
) -> None:
    if not isinstance(question, Mapping):
        skipped.append(f"{where}: {shown(question)} is no object; left out")
        return
    name = str(question.get("id") or f"{story.story_id}:{place}")
    if name in examples:
        skipped.append(f"{where}: the id {shown(name)} is another question's too; left out")
        return
    if (kind := question_type(question.get("question"), where, skipped)) is None:
        return
    given = question.get("answers")
    if not isinstance(given, list) or not all(isinstance(answer, str) for answer in given):
        skipped.append(f"{where}: answers is {shown(given)}, not a list of texts; left out")
        return
    answers = tuple(dict.fromkeys(answer for answer in given if answer.strip()))
    if bool(question.get("no_answer")) == bool(answers):
        said = str(bool(question.get("no_answer"))).lower()
        skipped.append(f"{where}: no_answer is {said} with {len(answers)} answers; left out")
        return
    examples[name] = Example(
        example_id=name,
        story_id=story.story_id,
        question=question["question"],
        type=kind,
        answerable=bool(answers),
        references=answers,
    )
