"""Questions with their accepted answers and evidence: what every benchmark is read into."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import DataError, shown
from index.records import Story
from qa.records import Turn

__all__ = ["Conversation", "Dataset", "Evidence", "Example", "read_jsonl"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of the story that answers: `story.text[start:end] == text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """One question, and what an answer to it is measured against.

    `references` are the accepted answers, none exactly where `answerable` is False. Each piece of
    `evidence` suffices for an answer by itself. `false_premise` marks a question that takes for
    granted what the story denies, `paraphrase_of` one that asks what another example asks.
    `attributes` are further (name, value) pairs that results are broken down by, such as
    FairytaleQA's ("attribute", "feeling"). `standalone` is a follow-up question in full.
    """

    example_id: str
    story_id: str
    question: str
    type: str
    answerable: bool
    references: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    paraphrase_of: str | None = None
    false_premise: bool = False
    history: tuple[Turn, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    standalone: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions that follow from each other; each turn's history holds the gold answers before."""

    conversation_id: str
    story_id: str
    turns: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Examples with their stories by id. `skipped` says, a line each, what was left out and why."""

    name: str
    stories: Mapping[str, Story]
    examples: tuple[Example, ...]
    skipped: tuple[str, ...] = ()


def read_jsonl(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield ("file, line n", object) for each line of a JSON Lines file that is not blank.

    Raises:
        DataError: the file cannot be read, or a line is not a JSON object.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DataError(f"cannot read {path}: {reason}; check the path") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            data = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(
                f"{where}: not JSON ({error.msg} at column {error.colno}): {shown(line)}; "
                "write one object a line"
            ) from error
        if not isinstance(data, dict):
            raise DataError(f"{where}: not an object: {shown(line)}; write one object a line")
        yield where, data
