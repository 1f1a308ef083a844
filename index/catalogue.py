"""What a library's index is made of, on disk: a page that lists its segments, replaced in one step.

    catalogue.json   format, encoder, splitter, segments with their stories and digests
    verified.json    what the files were like when their digests were last compared
    part-N/          a segment (see `segment`)

A segment is written beside its place and renamed into it; it counts once the catalogue lists it. A
reader sees the old catalogue or the new one (as Lucene's readers do), and needs no lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from index.encoder import Encoder
from index.errors import IndexCorruptError, shown
from index.language import language_version
from index.minilm import file_state
from index.passages import SPLITTER_VERSION
from index.segment import Member, Segment

__all__ = [
    "Catalogue",
    "Part",
    "add_part",
    "empty_catalogue",
    "open_part",
    "read_catalogue",
    "write_catalogue",
]

FORMAT_VERSION = 2
_PAGE, _RECEIPT = "catalogue.json", "verified.json"
_SETTLED = 2.0  # seconds: a file written this moment could change without its times showing it


@dataclass(frozen=True, slots=True)
class Part:
    """A segment on disk: its folder's name, its stories, and the SHA-256 of each of its files.

    `gone` are the numbers of stories that are no longer in the library, or no longer the same.
    """

    name: str
    candidates: int
    members: tuple[Member, ...]
    gone: frozenset[int]
    files: dict[str, str] = field(repr=False, hash=False)

    @property
    def alive(self) -> tuple[Member, ...]:
        """The stories that are still in the library."""
        return tuple(m for number, m in enumerate(self.members) if number not in self.gone)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All segments, and what their vectors and terms were made with."""

    encoder: str
    encoder_digest: str
    splitter_version: int
    language_model: str
    parts: tuple[Part, ...] = ()

    @property
    def members(self) -> dict[str, Member]:
        """The stories that are in the library, by name."""
        return {member.name: member for part in self.parts for member in part.alive}


def empty_catalogue(encoder: Encoder) -> Catalogue:
    """Return the catalogue of no story."""
    return Catalogue(encoder.name, encoder.digest, SPLITTER_VERSION, language_version())


def read_catalogue(folder: Path, encoder: Encoder) -> Catalogue:
    """Read the catalogue in `folder`; an empty one where it is missing, damaged or out of date."""
    fresh = empty_catalogue(encoder)
    try:
        data = json.loads((folder / _PAGE).read_text("utf-8"))
        if data.pop("format_version") != FORMAT_VERSION:
            return fresh
        found = Catalogue(**{**data, "parts": tuple(map(_part, data["parts"]))})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return fresh
    made_with = (found.encoder, found.encoder_digest, found.splitter_version, found.language_model)
    wanted = (fresh.encoder, fresh.encoder_digest, fresh.splitter_version, fresh.language_model)
    return found if made_with == wanted else fresh


def write_catalogue(folder: Path, catalogue: Catalogue) -> None:
    """Replace the catalogue in one step, and clear away segments that it does not list.

    The caller holds the folder's lock. OSError where the disk is full or cannot be written.
    """
    data = asdict(catalogue)
    for part in data["parts"]:
        part["gone"] = sorted(part["gone"])
        part["members"] = [list(member.values()) for member in part["members"]]
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / _PAGE, json.dumps({"format_version": FORMAT_VERSION, **data}))
    listed = {part.name for part in catalogue.parts}
    for found in folder.iterdir():
        if found.is_dir() and found.name not in listed:
            # Where another process has it open and the system minds, the next one clears it.
            shutil.rmtree(found, ignore_errors=True)


def add_part(folder: Path, segment: Segment, taken: Sequence[Part]) -> Part:
    """Write a segment into `folder` under a name that is free, beside those that are `taken`.

    The caller holds the folder's lock. OSError where it does not fit; nothing is then left of it.
    """
    numbers = [int(part.name.partition("-")[2]) for part in taken]
    name = f"part-{max(numbers, default=0) + 1}"
    place, fresh = folder / name, folder / f".{name}.new"
    for leftover in (place, fresh):
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        segment.save(fresh)
        files = {file.name: _digest(file) for file in sorted(fresh.iterdir())}
        fresh.rename(place)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return Part(name, segment.vectors.candidates, tuple(segment.members), frozenset(), files)


def open_part(folder: Path, part: Part) -> Segment:
    """Map a segment after comparing its files with their digests.

    Hundreds of megabytes are not read each time: while a file's size, times and inode are as they
    were when it was last compared, it is taken for the same. Any write changes its ctime, which
    programs cannot set.

    Raises:
        IndexCorruptError: a file is missing or altered, or cannot be read.
    """
    place = folder / part.name
    try:
        remembered = _remembered(folder / _RECEIPT)
        states: dict[str, list[object]] = {}
        for name, wanted in part.files.items():
            file = place / name
            states[f"{part.name}/{name}"] = state = [*file_state(file), wanted]
            if remembered.get(f"{part.name}/{name}") != state and _digest(file) != wanted:
                raise ValueError(f"{name} does not have the digest that the catalogue lists")
        found = Segment.load(place, part.members, part.candidates)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise IndexCorruptError(f"cannot read {shown(place)}: {shown(error)}") from error
    settled = max(file_state(place / name)[2] for name in part.files) / 1e9 + _SETTLED < time.time()
    if settled and any(remembered.get(name) != state for name, state in states.items()):
        with suppress(OSError):  # where it cannot be kept, the files are read each time
            _replace(folder / _RECEIPT, json.dumps({**remembered, **states}))
    return found


def _part(data: dict[str, Any]) -> Part:
    members = tuple(Member(*row) for row in data["members"])
    gone = frozenset(data["gone"])
    return Part(**{**data, "members": members, "gone": gone})


def _remembered(receipt: Path) -> dict[str, object]:
    try:
        found = json.loads(receipt.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(text, "utf-8")
        fresh.replace(path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
