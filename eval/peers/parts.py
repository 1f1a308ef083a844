"""What the adapters share: answers in the project's form, versions, and what is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from index.errors import QAError, shown
from index.records import Passage, Story
from qa.records import Answer, Citation, Retrieved

__all__ = ["Found", "answered", "installed", "loading", "model_digest", "quoted"]

Found = Sequence[tuple[Passage, float]]
"""Passages as a peer retrieved them, best first, with their scores."""


def answered(
    story: Story,
    question: str,
    text: str | None,
    confidence: float,
    citation: Citation | None = None,
    found: Found = (),
) -> Answer:
    """Return what a peer gave as an answer; None or blank text is "the story does not say"."""
    text = text.strip() if text else None
    return Answer(
        question=question,
        interpreted_as=None,
        answer=text or "",
        short_answer=text or None,
        answerable=bool(text),
        confidence=min(1.0, max(0.0, confidence)),
        citations=(citation,) if citation and text else (),
        passages=tuple(
            Retrieved(rank, passage, min(1.0, max(0.0, score)))
            for rank, (passage, score) in enumerate(found, 1)
        ),
        story=story.story_id,
    )


def quoted(story: Story, text: str | None, near: Sequence[Passage] = ()) -> Citation | None:
    """Return where the story says `text`: in the first of `near` that does, else anywhere."""
    if not text or not text.strip():
        return None
    wanted = text.strip()
    for start, end in [*((p.start, p.end) for p in near), (0, len(story.text))]:
        place = story.text.find(wanted, start, end)
        if place < 0:
            lowered = story.text[start:end].lower()
            found = lowered.find(wanted.lower())
            place = start + found if found >= 0 and len(lowered) == end - start else -1
        if place >= 0:
            stop = place + len(wanted)
            return Citation(story.text[place:stop], place, stop)
    return None


def installed(distribution: str, name: str) -> str:
    """Return the version of a package that a peer needs.

    Raises:
        QAError: it is not installed.
    """
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError as error:
        raise QAError(
            f"{name} needs the package {distribution}, which is not installed; run: "
            'pip install "story-qa[peers]"'
        ) from error


@contextmanager
def loading(name: str, model: str) -> Iterator[None]:
    """Say in one line that the peer `name` cannot load a question-answering model.

    Raises:
        QAError: anything went wrong inside.
    """
    try:
        yield
    except Exception as error:  # the libraries raise whatever their layers raise
        reason = " ".join(str(error).split())
        raise QAError(
            f"{name} cannot load the model {shown(model)}: {shown(reason, 160)}; "
            "name a folder with a question-answering model"
        ) from error


def model_digest(model: str) -> str:
    """Return the SHA-256 of a model folder's files; of its name where it is no folder."""
    digest = hashlib.sha256(model.encode())
    folder = Path(model)
    if folder.is_dir():
        for path in sorted(p for p in folder.iterdir() if p.is_file()):
            digest.update(path.name.encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
