"""Everything that can go wrong for a user, as one tree.

    QAError                     base: one line; what failed, the value seen, what to do next
    ├── StoryError              the story file cannot be used
    │   └── StoryNotFoundError  no such file and no such indexed story
    ├── QuestionError           the question cannot be used
    ├── PointError              a story cannot be read up to that point
    ├── EncoderError            the embedding model cannot be loaded, or is not the expected
    ├── IndexCorruptError       an index on disk does not check out (it is rebuilt where possible)
    ├── StorageError            the data folder cannot be written or locked
    └── DataError               a questions, answers, or gold file has a bad line

The command line prints `str(error)` and exits with status 2. What a user should know though an
answer was still found is a `QAWarning`.
"""

from __future__ import annotations

__all__ = [
    "DataError",
    "EncoderError",
    "IndexCorruptError",
    "PointError",
    "QAError",
    "QAWarning",
    "QuestionError",
    "StorageError",
    "StoryError",
    "StoryNotFoundError",
    "shown",
]


class QAError(Exception):
    """Base of all errors meant for the user; `str()` is one line."""


class QAWarning(UserWarning):
    """Something a user should know, in one line, though the work goes on."""


class StoryError(QAError):
    """The story file cannot be used."""


class StoryNotFoundError(StoryError):
    """No file and no indexed story goes by that name."""


class QuestionError(QAError):
    """The question cannot be used."""


class PointError(QAError):
    """A story cannot be read up to that point: there is none such in it."""


class EncoderError(QAError):
    """The embedding model cannot be loaded, or its weights are not the expected ones."""


class IndexCorruptError(QAError):
    """An index on disk is truncated, altered, or of another program or version."""


class StorageError(QAError):
    """The data folder cannot be written, read, or locked."""


class DataError(QAError):
    """A file of questions, answers, or gold pairs has a line that cannot be used."""


def shown(value: object, limit: int = 80) -> str:
    """Return `value` quoted for an error message: on one line, at most `limit` characters."""
    text = repr(str(value))
    return text if len(text) <= limit else text[: limit - 1] + "…"
