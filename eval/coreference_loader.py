"""Pronouns of the gold stories with whom they mean, each line checked against its story.

From the first third-person pronoun of a story on none is left out, so that nothing is picked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.dataset import read_jsonl
from eval.gold_loader import GOLD, SEEDS, gold_stories
from index.errors import DataError, shown
from index.records import Story

__all__ = ["Pronoun", "load_coreference"]

_PRONOUN = re.compile(
    r"\b(?:he|him|his|she|hers?|they|them|theirs?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Pronoun:
    """One pronoun of a story: `story.text[start:end] == text`.

    `referents` are the names and descriptions that the story has for whom it means, none where it
    means no character.
    """

    story_id: str
    start: int
    end: int
    text: str
    referents: tuple[str, ...]


def load_coreference(
    split: str = "all", stories: Sequence[str] = (), folder: Path = GOLD, seeds: Path = SEEDS
) -> tuple[dict[str, Story], tuple[Pronoun, ...]]:
    """Read the annotated stories of a split by id, and their pronouns in story order.

    Args:
        split: "tune", "report" or "all", as `splits.json` says.
        stories: ids of the stories wanted; all of the split that are annotated where empty.
        folder: where the stories are; the pronouns are in its `coreference/`.
        seeds: where the shipped story is.

    Raises:
        DataError: a file is missing or has a bad line; the message names file and line.
    """
    home = folder / "coreference"
    told = gold_stories(split, stories, folder, seeds)
    texts = {n: s for n, s in told.items() if stories or (home / f"{n}.jsonl").is_file()}
    if not texts:
        raise DataError(f"no story of the split {split} is annotated in {home}")
    found: list[Pronoun] = []
    for story in texts.values():
        found += _of_story(story, home / f"{story.story_id}.jsonl")
    return texts, tuple(found)


def _of_story(story: Story, path: Path) -> list[Pronoun]:
    places = _PRONOUN.finditer(story.text)
    words = _spaced(story.text)
    found = []
    for where, data in read_jsonl(path):
        pronoun = _pronoun(data, story, where)
        wanted = next(places, None)
        if wanted is None or wanted.start() != pronoun.start:
            due = f"{shown(wanted.group())} at {wanted.start()}" if wanted else "no more"
            raise DataError(
                f"{where}: {shown(pronoun.text)} at {pronoun.start} is not the next pronoun of the "
                f"story, which is {due}; leave none out, in story order"
            )
        for name in pronoun.referents:
            if not re.search(rf"(?<!\w){re.escape(_spaced(name))}(?!\w)", words):
                raise DataError(
                    f"{where}: the story calls nobody {shown(name)}; give names and descriptions "
                    "in its own words"
                )
        found.append(pronoun)
    if not found:
        raise DataError(f"{path} has no pronouns; give one a line")
    return found


def _pronoun(data: Mapping[str, Any], story: Story, where: str) -> Pronoun:
    start, end, text = data.get("start"), data.get("end"), data.get("text")
    referents = data.get("referents")
    if not isinstance(start, int) or not isinstance(end, int) or not isinstance(text, str):
        raise DataError(f"{where}: {shown(data)} is no span; give start, end and text")
    inside = 0 <= start < end <= len(story.text)
    if not inside or story.text[start:end] != text:
        seen = shown(story.text[start:end], 60) if inside else "outside the story"
        raise DataError(
            f"{where}: {start}:{end} is {seen}, not {shown(text, 60)}; correct the offsets"
        )
    if not _PRONOUN.fullmatch(text):
        raise DataError(
            f"{where}: {shown(text)} is no personal or possessive pronoun of the third person; "
            "leave it out"
        )
    if not isinstance(referents, list) or not all(
        isinstance(name, str) and name.strip() for name in referents
    ):
        raise DataError(f"{where}: referents is {shown(referents)}; give a list of texts")
    return Pronoun(story.story_id, start, end, text, tuple(referents))


def _spaced(text: str) -> str:
    """Return `text` in lower case, with one space for each stretch of white space."""
    return " ".join(text.split()).casefold()
