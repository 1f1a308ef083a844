"""Benchmarks in SQuAD's layout: SQuAD 1.1 and 2.0, SQuADShifts, QAMR (Rajpurkar et al. 2016, 2018).

One JSON file: `data`, a list of articles with `paragraphs`, each with a `context` and `qas`. Each
paragraph is a story. A question with `is_impossible` true has no answer in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.benchmarks.benchmark import Benchmark, checked_story, question_type, taken
from eval.benchmarks.files import existing, read_json
from eval.dataset import Evidence, Example
from index.errors import DataError, shown
from index.records import Story

__all__ = ["PUBLISHED", "SPLITS", "load_squad"]

PUBLISHED = "rajpurkar.github.io/SQuAD-explorer"

SPLITS = ("train", "valid")

_FILES = {
    "train": ["train-v2.0.json", "train-v1.1.json"],
    "valid": ["dev-v2.0.json", "dev-v1.1.json"],
}


def load_squad(path: Path, split: str = "valid", limit: int | None = None) -> Benchmark:
    """Read the questions of one file.

    Args:
        path: the file; or a folder, in which it is the official one of the split (2.0 before 1.1),
            or else the only JSON file there.
        split: one of `SPLITS`; of no account where a file is named.
        limit: how many questions, from the first on; all where None.

    Raises:
        DataError: the file is missing, broken, or in another layout.
    """
    file = _file(path, split)
    data = read_json(file)
    articles = data.get("data") if isinstance(data, dict) else None
    if not isinstance(articles, list):
        raise DataError(
            f"{file}: no list 'data' of articles, so not SQuAD's layout; see {PUBLISHED}"
        )
    skipped: list[str] = []
    stories: dict[str, Story] = {}
    examples: dict[str, Example] = {}
    for where, title, paragraph in _paragraphs(articles, skipped):
        name = f"{title}-{len(stories) + 1}"
        story = checked_story(name, paragraph.get("context"), where, skipped)
        questions = paragraph.get("qas")
        if story is None or not isinstance(questions, list):
            if story is not None:
                skipped.append(f"{where}: qas is {shown(questions)}, not a list; left out")
            continue
        stories[name] = story
        for number, question in enumerate(questions, 1):
            _add(question, story, f"{where}, question {number}", examples, skipped)
    return taken(file.stem, stories, list(examples.values()), skipped, limit)


def _file(path: Path, split: str) -> Path:
    if path.is_file():
        return path
    found = sorted(path.glob("*.json")) if path.is_dir() else []
    official = [path / name for name in _FILES[split] if (path / name).is_file()]
    if official:
        return official[0]
    if len(found) == 1:
        return found[0]
    if found:
        raise DataError(
            f"{shown(path)} has {len(found)} JSON files and no {_FILES[split][0]}; "
            f"name one: {', '.join(str(file) for file in found)}"
        )
    return existing(path, _FILES[split], PUBLISHED)


def _paragraphs(
    articles: list[Any], skipped: list[str]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for number, article in enumerate(articles, 1):
        paragraphs = article.get("paragraphs") if isinstance(article, dict) else None
        if not isinstance(paragraphs, list):
            skipped.append(f"article {number}: no list of paragraphs; left out")
            continue
        title = str(article.get("title") or f"article {number}")
        for place, paragraph in enumerate(paragraphs, 1):
            where = f"{title}, paragraph {place}"
            if isinstance(paragraph, dict):
                yield where, title, paragraph
            else:
                skipped.append(f"{where}: {shown(paragraph)} is no object; left out")


def _add(
    question: object, story: Story, where: str, examples: dict[str, Example], skipped: list[str]
) -> None:
    if not isinstance(question, Mapping):
        skipped.append(f"{where}: {shown(question)} is no object; left out")
        return
    name, text = question.get("id"), question.get("question")
    if not isinstance(name, str | int) or not str(name).strip():
        skipped.append(f"{where}: the id is {shown(name)}; left out")
        return
    where, name = f"{where} (id {name})", str(name)
    if name in examples:
        skipped.append(f"{where}: this id is another question's too; left out")
        return
    if (kind := question_type(text, where, skipped)) is None:
        return
    impossible = question.get("is_impossible", False) is True
    spans = () if impossible else _spans(question.get("answers"), story, where, skipped)
    if spans is None:
        return
    examples[name] = Example(
        example_id=name,
        story_id=story.story_id,
        question=str(text),
        type=kind,
        answerable=not impossible,
        references=tuple(dict.fromkeys(span.text for span in spans)),
        evidence=tuple(dict.fromkeys(spans)),
    )


def _spans(
    answers: object, story: Story, where: str, skipped: list[str]
) -> tuple[Evidence, ...] | None:
    """Return the answers where they stand, or None where one does not stand where it says."""
    if not isinstance(answers, list) or not answers:
        skipped.append(f"{where}: no answer, and is_impossible is not true; left out")
        return None
    spans = []
    for answer in answers:
        text = answer.get("text") if isinstance(answer, dict) else None
        start = answer.get("answer_start") if isinstance(answer, dict) else None
        if not isinstance(text, str) or not text.strip() or type(start) is not int:
            skipped.append(f"{where}: the answer {shown(answer)} is no span; left out")
            return None
        if start < 0 or story.text[start : start + len(text)] != text:
            seen = story.text[max(start, 0) : max(start, 0) + len(text)]
            skipped.append(
                f"{where}: at {start} stands {shown(seen, 40)}, not {shown(text, 40)}; left out"
            )
            return None
        spans.append(Evidence(start, start + len(text), text))
    return tuple(spans)
