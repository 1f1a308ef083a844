"""Reading the files of a benchmark: what is missing or broken is said in one line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import DataError, shown

__all__ = ["existing", "read_json", "read_table"]


def existing(folder: Path, names: Sequence[str], published: str) -> Path:
    """Return the first of `names` that is in `folder`.

    Args:
        folder: the folder that the user named.
        names: paths in it, the official one first.
        published: where the benchmark can be had.

    Raises:
        DataError: none is there.
    """
    if not folder.is_dir():
        what = "it is a file" if folder.exists() else "there is no such folder"
        raise DataError(
            f"cannot read the benchmark in {shown(folder)}: {what}; "
            f"name the folder with {names[0]}, published at {published}"
        )
    for name in names:
        if (folder / name).exists():
            return folder / name
    raise DataError(
        f"no {names[0]} in {shown(folder)}; name the folder with the official files, "
        f"published at {published}"
    )


def read_table(
    path: Path, columns: Sequence[str], skipped: list[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield ("file, line n", row by column) for each row of a CSV file with a header.

    A row with more or fewer fields than the header is left out, with a line in `skipped`.

    Args:
        path: the file.
        columns: those that must be there; others are yielded too.
        skipped: what is left out is added here.

    Raises:
        DataError: the file cannot be read, is no CSV, or lacks a column.
    """
    try:
        with _decoded(path), path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            if missing := [name for name in columns if name not in header]:
                raise DataError(
                    f"{path}: no column {missing[0]!r}, only {shown(', '.join(header))}; "
                    "use the official file"
                )
            for fields in reader:
                where = f"{path.name}, line {reader.line_num}"
                if not fields:
                    continue
                if len(fields) != len(header):
                    skipped.append(f"{where}: {len(fields)} fields, not {len(header)}; left out")
                    continue
                yield where, dict(zip(header, fields, strict=True))
    except csv.Error as error:
        raise DataError(
            f"{path}, line {reader.line_num}: not CSV ({error}); the file may be truncated: "
            "get it again"
        ) from error


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        DataError: the file cannot be read or is no JSON.
    """
    try:
        with _decoded(path):
            text = path.read_text(encoding="utf-8-sig")
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{path}, line {error.lineno}: not JSON ({error.msg} at character {error.pos}); "
            "the file may be truncated: get it again"
        ) from error
    except RecursionError as error:
        raise DataError(f"{path}: JSON nested too deeply; use the official file") from error


@contextmanager
def _decoded(path: Path) -> Iterator[None]:
    """Say in one line why a file cannot be read as UTF-8 text."""
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: not UTF-8 at byte {error.start}; use the official file"
        ) from error
