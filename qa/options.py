"""What several commands share: the story to ask, the question, how to print."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from index.errors import QAError, QuestionError

if TYPE_CHECKING:
    from index.library import Library
    from qa.agent import StoryAgent
    from qa.equipment import Equipment
    from qa.library_agent import LibraryAgent

__all__ = [
    "all_option",
    "in_colour",
    "open_all",
    "open_library",
    "open_reader",
    "open_story",
    "question_text",
    "reader_option",
    "stay_offline",
    "story_option",
    "up_to_option",
]

_MAX_INPUT = 1_000_000


def open_library() -> Library:
    """Return the user's library; its encoder is the packaged one, so no hub need be asked."""
    stay_offline()
    from qa.agent import default_library

    return default_library()


def open_story(
    name_or_path: str | None, point: str | None = None, reader: str | None = None
) -> StoryAgent:
    """Open the story that `--story` names, by default the one that ships, as far as `--up-to`.

    Raises:
        QAError: the story or `--reader` cannot be found, read, or indexed, or there is no such
            point.
    """
    equipment = open_reader(reader)
    library = open_library()
    from qa.agent import DEFAULT_STORY, open_agent

    story = DEFAULT_STORY if name_or_path is None else name_or_path
    return open_agent(story, library, point, equipment)


def open_reader(name_or_path: str | None) -> Equipment | None:
    """Load the reader that `--reader` names; None stands for the one that ships.

    Raises:
        QAError: there is no such reader.
    """
    from qa.equipment import load_ahead, named

    if name_or_path is None:
        load_ahead()
        return None
    return named(name_or_path)


def open_all(
    story: str | None, point: str | None = None, reader: str | None = None
) -> LibraryAgent:
    """Open all stories that are known by name; neither `--story` nor `--up-to` goes with that.

    Raises:
        QAError: there is no story or no such reader, or the data folder cannot be read.
    """
    for option, given in (("--story", story), ("--up-to", point)):
        if given is not None:
            raise click.UsageError(f"--all asks every story to its end; leave out {option}")
    equipment = open_reader(reader)
    library = open_library()
    from qa.library_agent import open_library_agent

    return open_library_agent(library, equipment)


def stay_offline() -> None:
    """Keep the model libraries from asking the network, unless $HF_HUB_OFFLINE says otherwise."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


def question_text(words: tuple[str, ...]) -> str:
    """Return the question that was given in words, or on stdin where they are "-".

    Raises:
        QuestionError: stdin is not UTF-8, or endless.
    """
    if words != ("-",):
        # What the shell passed that is not UTF-8 comes as half surrogate pairs.
        return " ".join(words).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    data: bytes = sys.stdin.buffer.read(_MAX_INPUT + 1)
    if len(data) > _MAX_INPUT:
        raise QuestionError(f"more than {_MAX_INPUT:,} bytes on stdin; ask one question")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionError(
            f"the question on stdin is not UTF-8: byte 0x{data[error.start]:02x} at byte "
            f"{error.start}; send it as UTF-8"
        ) from error


def in_colour() -> bool:
    """Tell whether stdout is a terminal whose user has not set $NO_COLOR."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _complete_story(
    _ctx: click.Context, _param: click.Parameter, start: str
) -> list[CompletionItem]:
    try:
        names = [name for name in open_library().names() if name.startswith(start)]
    except QAError:
        names = []
    return [*map(CompletionItem, names), CompletionItem(start, type="file")]


story_option = click.option(
    "--story",
    metavar="NAME_OR_PATH",
    shell_complete=_complete_story,
    help="A text file, or the name of an indexed story; by default the one that ships.",
)

all_option = click.option(
    "--all",
    "everywhere",
    is_flag=True,
    help="Find among all stories that are known by name the one that tells; see qa stories.",
)

up_to_option = click.option(
    "--up-to",
    "point",
    metavar="POINT",
    help="How far you have read: a percentage (40%), a number of sentences, or words of the story. "
    "What comes later is not used and not shown.",
)

reader_option = click.option(
    "--reader",
    metavar="NAME_OR_PATH",
    help="A question-answering model of Hugging Face (a folder, or a name on the hub), or an .onnx "
    "file of `qa train`; by default the reader that ships.",
)
