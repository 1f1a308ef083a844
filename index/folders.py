"""The folders that indexes are kept in: where they are, what they are called, who may write."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import StorageError, shown
from index.persist import recover

__all__ = ["data_folder", "folder_name", "is_file", "is_folder", "locked", "storage_error"]

_LOCK_SECONDS = 600.0


def data_folder() -> Path:
    """Return the folder that indexes are kept in: $QA_HOME, or the user's data folder."""
    if home := os.environ.get("QA_HOME"):
        return Path(home)
    from platformdirs import user_data_path

    return user_data_path("story-qa", appauthor=False)


def folder_name(name: str) -> str:
    """Return `name` fit for a folder: no separators, no leading dot, at most 100 bytes."""
    fit = re.sub(r"[^\w.-]+", "-", name).encode("utf-8")[:100].decode("utf-8", "ignore")
    return fit.strip("-.") or "story"


def is_file(path: Path) -> bool:
    """Tell whether there is such a file; a name that no system can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Tell whether there is such a folder, as far as this process may see."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of one index folder against other processes and threads.

    What a killed process left half-written beside the folder is cleared away.

    Raises:
        StorageError: the folder beside cannot be written, or the lock is held for ten minutes.
    """
    from filelock import FileLock, Timeout

    lock_path = folder.with_name(f".{folder.name}.lock")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(lock_path, timeout=_LOCK_SECONDS, thread_local=False)
        lock.acquire()
    except Timeout as error:
        raise StorageError(
            f"another process has held {shown(lock_path)} for {_LOCK_SECONDS:.0f} s; "
            "wait for it, or end it"
        ) from error
    except (OSError, NotImplementedError) as error:  # the latter: no locks on this file system
        raise storage_error(folder, error) from error
    try:
        try:
            recover(folder)
        except OSError as error:
            raise storage_error(folder, error) from error
        yield
    finally:
        lock.release()


def storage_error(folder: Path, error: OSError | NotImplementedError) -> StorageError:
    """Return the error to raise where the index in `folder` cannot be kept because of `error`."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return StorageError(
        f"cannot keep the index in {shown(folder.parent)}: {reason}; "
        "free some space or set QA_HOME to a folder that can be written"
    )
