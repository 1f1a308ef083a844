"""Rows on disk as they come, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from eval.records import Row
from index.errors import StorageError

__all__ = ["Journal"]


class Journal:
    """A JSON Lines file of keyed rows; each row is handed to the system as soon as it is added.

    Args:
        path: the file; made with its folder where there is none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def rows(self, keys: Collection[str]) -> dict[str, Row]:
        """Return the rows that are there under `keys`.

        A line that is not a row is passed over: an interrupted run may have left half of one, and
        its question is simply asked again.

        Raises:
            StorageError: the file cannot be read.
        """
        found: dict[str, Row] = {}
        try:
            with self._path.open(encoding="utf-8", errors="replace") as file:
                for line in file:
                    try:
                        data = json.loads(line)
                        key = data.pop("key")
                        if key in keys:
                            found[key] = Row.from_json(data)
                    except (ValueError, KeyError, TypeError, AttributeError):
                        continue
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._failed("read", error) from error
        return found

    def add(self, key: str, row: Row) -> None:
        """Write one row.

        Raises:
            StorageError: the file cannot be written.
        """
        try:
            if self._file is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("a", encoding="utf-8")
                self._file.write("\n")  # ends a line that an interruption cut short
            self._file.write(json.dumps({"key": key, **row.to_json()}, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as error:
            raise self._failed("write", error) from error

    def _failed(self, what: str, error: OSError) -> StorageError:
        return StorageError(
            f"cannot {what} {self._path}: {error.strerror or error}; choose another folder (--out)"
        )
