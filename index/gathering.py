"""Keeping a library's index up to date with its stories; nothing is embedded for it.

Stories that are new or have changed are gathered in a segment of their own. Smaller segments are
gathered anew with them, so that their number grows as the logarithm of the passages, and so does
how often each passage is written (the logarithmic method: Bentley and Saxe 1980).
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from index.ann import Layout
from index.catalogue import (
    Part,
    add_part,
    empty_catalogue,
    open_part,
    read_catalogue,
    write_catalogue,
)
from index.corpus import Corpus
from index.errors import (
    IndexCorruptError,
    QAError,
    QAWarning,
    StorageError,
    StoryNotFoundError,
    shown,
)
from index.folders import folder_name, is_folder, locked, storage_error
from index.library import Library
from index.segment import Member, Segment, read_member

__all__ = ["corpus_folder", "open_corpus"]


def corpus_folder(library: Library) -> Path:
    """Return the folder that the index of all the library's stories is kept in."""
    return library.home.with_name("library")


def open_corpus(library: Library, chosen: Layout | None = None) -> Corpus:
    """Open the index of all stories that the library knows by name, bringing it up to date.

    A story counts as it was last indexed: its file is looked at when it is opened itself. One that
    cannot be read is left out with a warning.

    Args:
        library: the stories; those of its seeds are indexed where they are not yet.
        chosen: how new vectors are kept; by default as suits their number.

    Raises:
        StoryNotFoundError: there is no story.
        StorageError: the data folder cannot be read.
    """
    for name in library.seed_names():
        if not is_folder(library.home / folder_name(name)):
            library.open(name)
    folder = corpus_folder(library)
    catalogue = read_catalogue(folder, library.encoder)
    known = {name: member.stamp for name, member in catalogue.members.items()}
    if known and known == _stamps(library):
        try:
            return Corpus([(open_part(folder, part), part.gone) for part in catalogue.parts])
        except IndexCorruptError:
            pass  # damaged, or replaced by another process this moment
    try:
        with locked(folder):
            return _updated(library, folder, chosen)
    except StorageError as error:
        warnings.warn(f"{error}; searching from memory", QAWarning, stacklevel=2)
        return _updated(library, folder, chosen, keep=False)


def _updated(library: Library, folder: Path, chosen: Layout | None, *, keep: bool = True) -> Corpus:
    """Return the stories as they are now; what is new is written down if `keep`."""
    before = read_catalogue(folder, library.encoder)
    opened = dict(_readable(folder, before.parts))
    known = {m.name: m for part in opened for m in part.alive}
    members = _members(library, known)
    if not members:
        raise StoryNotFoundError("no story is indexed; index one with: qa index PATH")
    current = {_marked(part, members): segment for part, segment in opened.items()}
    held = {m.name for part in current for m in part.alive}
    fresh = [member for name, member in members.items() if name not in held]
    kept = _kept(tuple(current), sum(member.passages for member in fresh))
    fresh += [m for part in current if part not in kept for m in part.alive]
    found: list[tuple[Segment, frozenset[int]]] = [(current[part], part.gone) for part in kept]
    try:
        if fresh:
            shows = sys.stderr.isatty()
            segment = Segment.build(fresh, library.home, chosen, progress=shows)
            if keep:
                part = add_part(folder, segment, before.parts)
                kept = (*kept, part)
                segment = open_part(folder, part)  # mapped, not held in memory
            found.append((segment, frozenset()))
        if keep and kept != before.parts:
            write_catalogue(folder, replace(empty_catalogue(library.encoder), parts=kept))
    except OSError as error:
        raise storage_error(folder, error) from error
    return Corpus(found)


def _readable(folder: Path, parts: Sequence[Part]) -> Iterator[tuple[Part, Segment]]:
    """Yield the parts that check out, opened; the stories of the others are gathered anew."""
    for part in parts:
        try:
            yield part, open_part(folder, part)
        except IndexCorruptError:
            continue


def _marked(part: Part, members: Mapping[str, Member]) -> Part:
    """Return the part with stories marked as gone that are now others, and stamps as they are."""
    now = [members.get(member.name) for member in part.members]
    pairs = list(enumerate(zip(part.members, now, strict=True)))
    gone = {n for n, (old, new) in pairs if new is None or new.digest != old.digest}
    stays = part.gone | gone
    kept = tuple(old if n in stays or new is None else new for n, (old, new) in pairs)
    return replace(part, members=kept, gone=frozenset(stays))


def _kept(parts: Sequence[Part], fresh: int) -> tuple[Part, ...]:
    """Return the parts that stay as they are beside `fresh` new passages, largest first."""

    def size(part: Part) -> int:
        return sum(member.passages for member in part.alive)

    kept = []
    for part in sorted(parts, key=size, reverse=True):
        if 2 * size(part) < sum(member.passages for member in part.members):
            fresh += size(part)  # more than half of it is gone
        else:
            kept.append(part)
    while kept and size(kept[-1]) <= fresh:
        fresh += size(kept.pop())
    return tuple(kept)


def _stamps(library: Library) -> dict[str, int]:
    """Return when the folder of each indexed story was last changed, in nanoseconds.

    Raises:
        StorageError: the data folder cannot be read.
    """
    try:
        with os.scandir(library.home) as entries:
            return {
                entry.name: entry.stat().st_mtime_ns
                for entry in sorted(entries, key=lambda entry: entry.name)
                if not entry.name.startswith(".") and entry.is_dir()
            }
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StorageError(
            f"cannot read {shown(library.home)}: {error.strerror}; "
            "set QA_HOME to a folder that can be read"
        ) from error


def _members(library: Library, known: Mapping[str, Member]) -> dict[str, Member]:
    found = {}
    for name, stamp in _stamps(library).items():
        old = known.get(name)
        member = old if old and old.stamp == stamp else _member(library, name)
        if member:
            found[name] = member
    return found


def _member(library: Library, name: str) -> Member | None:
    """Return the story, indexed anew where that must be; None with a warning where it cannot."""
    try:
        try:
            return read_member(library.home / name, library.encoder)
        except IndexCorruptError:
            library.reopen(name)
            return read_member(library.home / name, library.encoder)
    except QAError as error:
        warnings.warn(f"{error}; {name} is left out", QAWarning, stacklevel=2)
        return None
