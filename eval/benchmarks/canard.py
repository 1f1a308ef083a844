"""CANARD: follow-up questions with their standalone rewriting (Elgohary et al. 2019).

One JSON file: a list of questions on QuAC's dialogues, each with its `History` (title of the
Wikipedia page, title of the section, then question and answer in turn), `Question` and `Rewrite`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.benchmarks.files import existing, read_json
from index.errors import DataError, shown
from qa.records import Turn

__all__ = ["PARTS", "PUBLISHED", "FollowUp", "load_canard"]

PUBLISHED = "sites.google.com/view/qanta/projects/canard"

PARTS = ("first", "second", "all")
"""Halves of the dialogues in file order: rules are made on the first, the second is reported."""

_FILES = ["dev.json", "test.json", "dev_part.json"]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question of a dialogue, and how a person rewrote it.

    `title` is that of the page that the dialogue is about. `history` holds the turns before,
    oldest first; the first of them is the title of the page, with that of the section.
    """

    dialogue: str
    title: str
    question: str
    rewrite: str
    history: tuple[Turn, ...]


def load_canard(path: Path, part: str = "second", limit: int | None = None) -> tuple[FollowUp, ...]:
    """Read the questions of one file.

    Args:
        path: the file, or the folder that it is in.
        part: one of `PARTS`; a half is half of the dialogues, in file order.
        limit: how many questions, from the first on; all where None.

    Raises:
        DataError: the file is missing, broken, in another layout, or without a question.
    """
    file = path if path.is_file() else existing(path, _FILES, PUBLISHED)
    data = read_json(file)
    if not isinstance(data, list):
        raise DataError(f"{file}: no list of questions, so not CANARD's layout; see {PUBLISHED}")
    found = [_follow_up(entry, f"{file}, question {n}") for n, entry in enumerate(data, 1)]
    dialogues = list(dict.fromkeys(question.dialogue for question in found))
    half = len(dialogues) // 2
    wanted = {"first": dialogues[:half], "second": dialogues[half:], "all": dialogues}[part]
    kept = set(wanted)
    questions = tuple(question for question in found if question.dialogue in kept)[:limit]
    if not questions:
        raise DataError(f"{file} has no question in its part {part!r}; check the file")
    return questions


def _follow_up(entry: Any, where: str) -> FollowUp:
    if not isinstance(entry, dict):
        raise DataError(f"{where}: {shown(entry)} is no object; use the official file")
    history = entry.get("History")
    if not isinstance(history, list) or len(history) < 2 or not all(map(_is_text, history)):
        raise DataError(
            f"{where}: History is {shown(history)}, not a list of two texts or more; "
            "use the official file"
        )
    turns = tuple(Turn(*pair) for pair in zip(history[::2], history[1::2], strict=False))
    return FollowUp(
        dialogue=_text(entry, "QuAC_dialog_id", where),
        title=history[0],
        question=_text(entry, "Question", where),
        rewrite=_text(entry, "Rewrite", where),
        history=turns,
    )


def _text(entry: Mapping[str, Any], name: str, where: str) -> str:
    value = entry.get(name)
    if not _is_text(value):
        raise DataError(f"{where}: {name} is {shown(value)}, not a text; use the official file")
    return str(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)
