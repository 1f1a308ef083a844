"""Checking answers against the story: each quotation verbatim, and where it is said to be."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import DataError, shown
from index.records import Story
from qa.records import Answer

if TYPE_CHECKING:
    from index.library import Library

__all__ = ["problems", "read_answers", "verify_answers"]

_SPACE = " \t\r\n\ufeff"


def verify_answers(
    path: str, library: Library, story: str | None, say: Callable[[str], None]
) -> bool:
    """Check the answers in the file at `path` ("-" for stdin), and tell whether all hold.

    Args:
        path: what `qa ask --json` or `qa batch` printed.
        library: where the stories are that the answers name.
        story: path of the story to check against, whatever the answers name.
        say: takes the findings, a line each.

    Raises:
        DataError: the file cannot be read, or holds something else.
        StoryError: a story cannot be found or read.
    """
    texts: dict[str, Story] = {}
    wrong = quotations = 0
    for label, answer in read_answers(_read(path)):
        if answer is None:
            say(f"{label}: an error, nothing to verify")
            continue
        name = answer.story if story is None else story
        if name not in texts:
            texts[name] = library.story(name)
        quotations += len(answer.citations) + len(answer.passages)
        for problem in problems(answer, texts[name]):
            wrong += 1
            say(f"{label}: {problem}")
    if wrong:
        say(f"{wrong:,} problem{'s' if wrong > 1 else ''}")
    else:
        say(f"all {quotations:,} quotations are verbatim")
    return not wrong


def read_answers(text: str) -> Iterator[tuple[str, Answer | None]]:
    """Yield (label, answer) for each JSON object of `text`: one, or several as in JSON lines.

    The label is the object's id, else its number. The answer is None for a line that `qa batch`
    could not answer.

    Raises:
        DataError: something is not JSON, or not an answer.
    """
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    place = number = 0
    while (place := _skip_space(text, place)) < len(text):
        number += 1
        try:
            data, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, place) + 1
            raise DataError(
                f"answer {number}, line {line}, is not JSON ({shown(error)}); use qa ask --json"
            ) from error
        label = f"answer {number}"
        if isinstance(data, dict) and data.get("id") is not None:
            label = f"answer {data['id']!r}"
        yield label, None if _is_error(data) else Answer.from_json(data)
    if number == 0:
        raise DataError("there is no answer to verify; use qa ask --json")


def problems(answer: Answer, story: Story) -> Iterator[str]:
    """Yield in a line each what `answer` quotes that `story` does not have at that place."""
    if answer.answerable and not answer.citations:
        yield "is said to be answered, but cites nothing"
    if not answer.answerable and answer.citations:
        yield "is said not to be answered, but cites the story"
    quoted = [("citation", c.text, c.start, c.end) for c in answer.citations]
    for found in answer.passages:
        passage = found.passage
        quoted.append(("passage", passage.text, passage.start, passage.end))
    for number, (kind, text, start, end) in enumerate(quoted, 1):
        which = number if kind == "citation" else number - len(answer.citations)
        if not 0 <= start < end <= len(story.text):
            yield f"{kind} {which}: no characters {start} to {end} in {len(story.text):,}"
        elif story.text[start:end] != text:
            seen = shown(story.text[start:end])
            yield f"{kind} {which}: characters {start} to {end} are {seen}, not {shown(text)}"


def _read(path: str) -> str:
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode("utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise DataError(
            f"cannot read answers {shown(path)}: {shown(reason)}; name a file from qa ask --json"
        ) from error


def _is_error(data: Any) -> bool:
    return isinstance(data, dict) and "error" in data and "schema" not in data


def _skip_space(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
