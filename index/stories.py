"""Reading a story from a file: UTF-8 text of a sane size, kept character for character."""

from __future__ import annotations

import re
from pathlib import Path

from index.errors import StoryError, StoryNotFoundError, shown
from index.records import Story

__all__ = ["MAX_BYTES", "decode_story", "load_story", "make_story", "story_name"]

MAX_BYTES = 8_000_000
"""Largest story file that is read, in bytes: twice the longest of the classic novels."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def load_story(path: str | Path) -> Story:
    """Read the story at `path`; its id is the file's name without the ending.

    The text is kept verbatim (line ends too); only a byte order mark is dropped.

    Raises:
        StoryNotFoundError: there is no such file.
        StoryError: a folder, unreadable, empty, too large, binary, or not UTF-8.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise StoryError(f"cannot read story {shown(path)}: it is a folder; name a text file")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise StoryError(
                f"story {shown(path)} has {size:,} bytes, more than the {MAX_BYTES:,} that are "
                "read; split it into parts"
            )
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise StoryNotFoundError(f"no story file {shown(path)}; check the path") from error
    except (OSError, ValueError) as error:  # ValueError: a path that no system can have
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise StoryError(
            f"cannot read story {shown(path)}: {reason}; check the path and its permissions"
        ) from error
    if len(data) > MAX_BYTES:
        raise StoryError(
            f"story {shown(path)} has more than the {MAX_BYTES:,} bytes that are read; name a "
            "regular file of at most that size"
        )
    return make_story(story_name(path), decode_story(data, path), source=str(path.resolve()))


def make_story(story_id: str, text: str, source: str | None = None) -> Story:
    """Make a story of text in memory.

    Raises:
        StoryError: the text has no word, or holds control characters (binary data) or halves of
            surrogate pairs.
    """
    if not text.strip():
        raise StoryError(f"story {shown(story_id)} is empty; give it some text")
    if found := _CONTROL.search(text):
        raise StoryError(
            f"story {shown(story_id)} looks binary: it has the control character "
            f"{found.group()!r} at character {found.start()}; name a plain text file"
        )
    if half := _SURROGATE.search(text):
        raise StoryError(
            f"story {shown(story_id)} has half a surrogate pair at character {half.start()}; "
            "give it whole characters"
        )
    if not re.search(r"\w", text):
        raise StoryError(
            f"story {shown(story_id)} has no word in its {len(text):,} characters; "
            "name a file with text"
        )
    return Story(story_id=story_id, text=text, source=source)


def story_name(path: str | Path) -> str:
    """Return the story id for a file: its name without the ending."""
    return Path(path).stem or Path(path).name


def decode_story(data: bytes, path: str | Path) -> str:
    """Return the text of a story file's bytes; `path` is what errors call the file.

    Raises:
        StoryError: binary data, or not UTF-8.
    """
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise StoryError(
            f"story {shown(path)} looks binary: it has a zero byte; name a plain text file"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StoryError(
            f"story {shown(path)} is not UTF-8: byte 0x{data[error.start]:02x} at byte "
            f"{error.start}; save it as UTF-8"
        ) from error
