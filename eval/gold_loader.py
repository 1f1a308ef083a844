"""The project's own gold questions, each line checked against its story."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.dataset import Conversation, Dataset, Evidence, Example, read_jsonl
from index.errors import DataError, QAError, shown
from index.records import Story
from index.stories import load_story
from qa.question import QuestionType
from qa.records import Turn

__all__ = ["GOLD", "NOT_TOLD", "SEEDS", "SPLITS", "gold_stories", "load_conversations", "load_gold"]

GOLD = Path(__file__).parent / "gold"
"""The folder of the project's own questions."""

SEEDS = Path(__file__).parent.parent / "seeds"
"""The folder of the shipped story."""

SPLITS = ("tune", "report", "all")
"""Halves of the gold stories: what may be tuned on, what is reported, and both."""

NOT_TOLD = "The story does not say."
"""What stands in the history for a gold answer that the story does not give."""

_TYPES = frozenset(kind.value for kind in QuestionType)


def gold_stories(
    split: str, wanted: Sequence[str] = (), folder: Path = GOLD, seeds: Path = SEEDS
) -> dict[str, Story]:
    """Return the stories of a split that are wanted, by id, in the order of `splits.json`.

    Args:
        split: "tune", "report" or "all".
        wanted: ids of the stories wanted; all of the split where empty.
        folder: where `splits.json` and `stories/` are.
        seeds: where the shipped story is.

    Raises:
        DataError: a file is missing, or there is no such split or story in it.
    """
    path = folder / "splits.json"
    try:
        splits = json.loads(path.read_text(encoding="utf-8"))
        names = [
            str(name)
            for part in (("tune", "report") if split == "all" else (split,))
            for name in splits[part]
        ]
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {path}: {shown(error)}; it lists the stories") from error
    except (KeyError, TypeError) as error:
        raise DataError(f"{path} has no split {shown(split)}; name one of {SPLITS}") from error
    if unknown := sorted(set(wanted) - set(names)):
        raise DataError(
            f"no gold questions on {shown(unknown[0])} in the split {split}; "
            f"it has {', '.join(names)}"
        )
    stories = {}
    for name in names:
        if wanted and name not in wanted:
            continue
        homes = [home / f"{name}.txt" for home in (folder / "stories", seeds)]
        try:
            stories[name] = load_story(next((p for p in homes if p.is_file()), homes[0]))
        except QAError as error:
            raise DataError(f"{path}: {error}") from error
    return stories


def load_gold(
    split: str = "all", stories: Sequence[str] = (), folder: Path = GOLD, seeds: Path = SEEDS
) -> Dataset:
    """Read the gold questions of a split.

    Args:
        split: "tune", "report" or "all", as `splits.json` says.
        stories: ids of the stories wanted; all of the split where empty.
        folder: where the questions are; their stories are in its `stories/` or in `seeds`.
        seeds: where the shipped story is.

    Raises:
        DataError: a file is missing or has a bad line; the message names file and line.
    """
    texts = gold_stories(split, stories, folder, seeds)
    examples: list[Example] = []
    places: dict[str, str] = {}
    for story in texts.values():
        for where, data in read_jsonl(folder / f"{story.story_id}.jsonl"):
            examples.append(_example(data, story, where))
            _check_new(examples[-1].example_id, where, places)
    for example in examples:
        if example.paraphrase_of is not None and example.paraphrase_of not in places:
            raise DataError(
                f"{places[example.example_id]}: paraphrase_of {shown(example.paraphrase_of)} is "
                "no question's id; correct it"
            )
    return Dataset("gold", texts, tuple(examples))


def load_conversations(
    split: str = "all", stories: Sequence[str] = (), folder: Path = GOLD, seeds: Path = SEEDS
) -> tuple[Dataset, tuple[Conversation, ...]]:
    """Read the gold conversations of a split: as a dataset of their turns, and whole.

    Arguments and errors are those of `load_gold`. A turn's id is `<conversation>-t<number>`, its
    history the questions before as they were asked, with the first accepted answer of each (as
    in CoQA and QuAC: Reddy et al. 2019, Choi et al. 2018), and its attribute `turn` is "first" or
    "follow-up".
    """
    texts = gold_stories(split, stories, folder, seeds)
    found: list[Conversation] = []
    places: dict[str, str] = {}
    for story in texts.values():
        for where, data in read_jsonl(folder / f"{story.story_id}.conversations.jsonl"):
            found.append(_conversation(data, story, where))
            _check_new(found[-1].conversation_id, where, places)
    turns = tuple(turn for conversation in found for turn in conversation.turns)
    return Dataset("gold-conversations", texts, turns), tuple(found)


def _conversation(data: Mapping[str, Any], story: Story, where: str) -> Conversation:
    conversation_id = _text(data, "id", where)
    turns = data.get("turns")
    if not isinstance(turns, list) or not turns or not all(isinstance(t, dict) for t in turns):
        raise DataError(f"{where}: turns is {shown(turns)}; give a list of questions")
    examples: list[Example] = []
    history: list[Turn] = []
    for number, turn in enumerate(turns, 1):
        identified = {"id": f"{conversation_id}-t{number}", "story": data.get("story"), **turn}
        example = replace(
            _example(identified, story, f"{where}, turn {number}"),
            history=tuple(history),
            attributes=(("turn", "follow-up" if history else "first"),),
        )
        examples.append(example)
        told = example.references[0] if example.references else NOT_TOLD
        history.append(Turn(example.question, told))
    return Conversation(conversation_id, story.story_id, tuple(examples))


def _example(data: Mapping[str, Any], story: Story, where: str) -> Example:
    """Check one gold question, as its line has it."""
    if data.get("story") != story.story_id:
        raise DataError(f"{where}: story is {shown(data.get('story'))}, not {story.story_id!r}")
    kind = _text(data, "type", where)
    if kind not in _TYPES:
        raise DataError(f"{where}: unknown type {shown(kind)}; use {', '.join(sorted(_TYPES))}")
    answerable = _flag(data, "answerable", where)
    references = _texts(data, where)
    evidence = _evidence(data.get("evidence"), story, where)
    if answerable != bool(references):
        raise DataError(
            f"{where}: answerable is {str(answerable).lower()} with {len(references)} answers; "
            "give answers exactly where the story has one"
        )
    if answerable != bool(evidence):
        raise DataError(
            f"{where}: answerable is {str(answerable).lower()} with {len(evidence)} pieces of "
            "evidence; give evidence exactly where the story has an answer"
        )
    return Example(
        example_id=_text(data, "id", where),
        story_id=story.story_id,
        question=_text(data, "question", where),
        type=kind,
        answerable=answerable,
        references=references,
        evidence=evidence,
        paraphrase_of=_text(data, "paraphrase_of", where) if data.get("paraphrase_of") else None,
        false_premise=_flag(data, "false_premise", where, default=False),
        standalone=_text(data, "standalone", where) if "standalone" in data else None,
    )


def _text(data: Mapping[str, Any], name: str, where: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{where}: {name} is {shown(value)}; give a text that is not empty")
    return value


def _flag(data: Mapping[str, Any], name: str, where: str, default: bool | None = None) -> bool:
    value = data.get(name, default)
    if not isinstance(value, bool):
        raise DataError(f"{where}: {name} is {shown(value)}; give true or false")
    return value


def _texts(data: Mapping[str, Any], where: str) -> tuple[str, ...]:
    value = data.get("answers")
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise DataError(f"{where}: answers is {shown(value)}; give a list of texts")
    return tuple(value)


def _evidence(value: object, story: Story, where: str) -> tuple[Evidence, ...]:
    if not isinstance(value, list):
        raise DataError(f"{where}: evidence is {shown(value)}; give a list of spans")
    found = []
    for span in value:
        try:
            piece = Evidence(span["start"], span["end"], span["text"])
            inside = 0 <= piece.start < piece.end <= len(story.text)
        except (KeyError, TypeError) as error:
            raise DataError(
                f"{where}: evidence {shown(span)} is no span; give start, end and text"
            ) from error
        if not inside or story.text[piece.start : piece.end] != piece.text:
            seen = story.text[piece.start : piece.end] if inside else "outside the story"
            raise DataError(
                f"{where}: evidence {piece.start}:{piece.end} is {shown(seen, 60)} in the story, "
                f"not {shown(piece.text, 60)}; correct the offsets"
            )
        found.append(piece)
    return tuple(found)


def _check_new(example_id: str, where: str, places: dict[str, str]) -> None:
    if example_id in places:
        raise DataError(
            f"{where}: the id {shown(example_id)} is that of {places[example_id]} too; "
            "give each question its own"
        )
    places[example_id] = where
