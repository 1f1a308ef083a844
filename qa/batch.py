"""Questions as JSON lines in, answers as JSON lines out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from index.errors import DataError, QAError, shown
from index.folders import is_file
from qa.records import Turn

if TYPE_CHECKING:
    from index.library import Library
    from qa.agent import StoryAgent
    from qa.equipment import Equipment

__all__ = ["BadLineError", "BatchQuestion", "answers", "parse_line", "question_lines", "writing"]


@dataclass(frozen=True, slots=True)
class BatchQuestion:
    """One line of a questions file; `id` is any JSON value and comes back as given."""

    id: Any
    story: str
    question: str
    history: tuple[Turn, ...] = ()


class BadLineError(DataError):
    """A line that cannot be read as a question; `id` is its id as far as it has one."""

    def __init__(self, id: Any, reason: Exception) -> None:
        super().__init__(
            f"not a question ({shown(reason)}); a line is "
            '{"id", "story", "question"} and may have a "history"'
        )
        self.id = id


@contextmanager
def question_lines(path: str) -> Iterator[Iterable[bytes]]:
    """Open the lines of the questions file at `path`, "-" for stdin.

    Raises:
        DataError: the file cannot be opened.
    """
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        file: BinaryIO = Path(path).open("rb")  # noqa: SIM115  # closed by the with below
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise DataError(
            f"cannot read questions {shown(path)}: {reason}; name a file of JSON lines"
        ) from error
    with file:
        yield file


def parse_line(line: bytes) -> BatchQuestion:
    """Read one line of a questions file.

    Raises:
        BadLineError: not JSON in UTF-8, or a field is missing or amiss.
    """
    data: Any = None
    try:
        data = json.loads(line.decode("utf-8-sig"), parse_constant=_no_constant)
        if not isinstance(data, dict):
            raise TypeError("it is no object")
        history = data.get("history") or []
        if not isinstance(history, list):
            raise TypeError("history is no list")
        turns = tuple(Turn(_text(t, "question"), _text(t, "answer")) for t in history)
        return BatchQuestion(data.get("id"), _text(data, "story"), _text(data, "question"), turns)
    except (ValueError, TypeError, RecursionError) as error:
        raise BadLineError(data.get("id") if isinstance(data, dict) else None, error) from error


def answers(
    lines: Iterable[bytes],
    library: Library,
    point: str | None = None,
    equipment: Equipment | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield for each line an answer, or `{"id", "error"}` where it cannot be answered.

    Blank lines are passed over. Each story is opened once, as far as `point` (see `index.view`),
    and read by `equipment` (see `qa.agent.StoryAgent`).
    """
    from qa.agent import open_agent

    def opened(story: str) -> StoryAgent:
        return open_agent(story, library, point, equipment)

    agents: dict[str, StoryAgent | QAError] = {}
    for line in lines:
        if not line.strip():
            continue
        try:
            asked = parse_line(line)
        except BadLineError as error:
            yield {"id": error.id, "error": str(error)}
            continue
        try:
            answer = _agent(asked.story, opened, agents).ask(asked.question, asked.history)
        except QAError as error:
            yield {"id": asked.id, "error": str(error)}
        else:
            yield {"id": asked.id, **answer.to_json()}


def _agent(
    story: str, opened: Callable[[str], StoryAgent], agents: dict[str, StoryAgent | QAError]
) -> StoryAgent:
    """Return the agent for `story` from `agents`, opening it (or failing to) the first time."""
    if story not in agents:
        try:
            agents[story] = opened(story)
        except QAError as error:
            agents[story] = error
    agent = agents[story]
    if isinstance(agent, QAError):
        raise agent
    return agent


@contextmanager
def writing(path: str | None) -> Iterator[TextIO]:
    """Open `path` for the answers: beside it first, renamed into place at the end.

    None or "-" is stdout. What is no regular file (a pipe, a device) is written directly.

    Raises:
        DataError: the file cannot be written.
    """
    if path is None or path == "-":
        yield sys.stdout
        return
    place = Path(os.path.realpath(path))
    direct = place.exists() and not is_file(place)
    fresh = place if direct else place.with_name(f".{place.name}.{os.getpid()}.new")
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        if not direct:
            fresh.replace(place)
    except OSError as error:
        raise DataError(
            f"cannot write answers to {shown(path)}: {error.strerror or error}; "
            "name a file that can be written"
        ) from error
    finally:
        if not direct:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)


def _text(data: Any, field: str) -> str:
    if not isinstance(data, dict) or not isinstance(data.get(field), str):
        raise TypeError(f"{field} is missing or no text")
    text: str = data[field]
    text.encode("utf-8")  # half a surrogate pair is no text
    return text


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
