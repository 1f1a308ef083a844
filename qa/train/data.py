"""Reading comprehension data as published, in the folder layouts of their authors.

A `Document` is a text that questions are asked about; an `Example` one question on it. Offsets
count characters of the document's text, end-exclusive.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import DataError, shown

__all__ = [
    "NARRATIVEQA_TRAIN_DOCUMENTS",
    "Document",
    "Example",
    "fairytaleqa",
    "narrativeqa",
    "squad",
    "tell_sentences",
]

NARRATIVEQA_TRAIN_DOCUMENTS = 80
"""The first 80 documents of the set `valid`, in file order, are trained on; the rest validate."""

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”\u2019)]*\s+(?=[\"'“\u2018(]*[A-Z0-9])|\n+")
_NOT_AN_END = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|Lt|Col|Gen|Capt|Prof|No|vs)|\b[A-Z])\.$")


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its sentences, as (start, end) in it."""

    name: str
    text: str
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A question on a document.

    `answers` are the references as written; `spans` where they stand, if the data says so (SQuAD).
    `region` is the part of the text that is known to answer, the whole text if that is not known.
    No answers at all: the document does not answer the question. `affirmed` is the answer to a
    yes/no question, None to others.
    """

    question: str
    document: Document
    answers: tuple[str, ...]
    region: tuple[int, int]
    spans: tuple[tuple[int, int], ...] = ()
    explicit: bool = True
    affirmed: bool | None = None


def tell_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return (start, end) of the sentences of `text` by its punctuation, without outer space."""
    found = []
    start = 0
    for gap in _SENTENCE_END.finditer(text):
        if "\n" not in gap.group() and _NOT_AN_END.search(text[start : gap.start()]):
            continue
        end = gap.start() + len(gap.group().rstrip())
        if text[start:end].strip():
            found.append((start, end))
        start = gap.end()
    if text[start:].strip():
        found.append((start, start + len(text[start:].rstrip())))
    return tuple(
        (a + len(text[a:b]) - len(text[a:b].lstrip()), a + len(text[a:b].rstrip()))
        for a, b in found
    )


def fairytaleqa(folder: Path, split: str) -> Iterator[Example]:
    """Yield the questions of FairytaleQA (Xu et al. 2022): `questions/SPLIT/*-questions.csv`.

    Questions on several sections or on none named have the hull of the sections for a region.

    Raises:
        DataError: a file or a column is missing.
    """
    files = sorted((folder / "questions" / split).glob("*-questions.csv"))
    if not files:
        raise DataError(f"no FairytaleQA questions in {shown(folder / 'questions' / split)}")
    for file in files:
        name = file.name.removesuffix("-questions.csv")
        sections = _rows(folder / "section-stories" / split / f"{name}-story.csv", {"section"})
        places, text = {}, ""
        for row in sections:
            text += "\n\n" if text else ""
            places[row["section"].strip()] = (len(text), len(text) + len(row["text"]))
            text += row["text"]
        document = Document(name, text, tell_sentences(text))
        for row in _rows(file, {"question", "cor_section", "answer1", "ex-or-im1"}):
            named = [places[key] for key in re.findall(r"\d+", row["cor_section"]) if key in places]
            region = (min(a for a, _ in named), max(b for _, b in named)) if named else None
            answers = [row.get(f"answer{n}") or "" for n in range(1, 7)]
            yield Example(
                row["question"].strip(),
                document,
                tuple(answer.strip() for answer in answers if answer.strip()),
                region or (0, len(text)),
                explicit=row["ex-or-im1"].strip() == "explicit",
            )


def narrativeqa(folder: Path, *, held_out: bool) -> Iterator[Example]:
    """Yield the questions on plot summaries of NarrativeQA (Kočiský et al. 2018).

    `held_out` gives those on the documents after the first 80, which are for validation.

    Raises:
        DataError: a file or a column is missing.
    """
    rows = _rows(folder / "summaries.csv", {"document_id", "summary"})
    documents = {}
    for n, row in enumerate(rows):
        if (n >= NARRATIVEQA_TRAIN_DOCUMENTS) == held_out:
            text = row["summary"].strip()
            documents[row["document_id"]] = Document(row["document_id"], text, tell_sentences(text))
    for row in _rows(folder / "qaps.csv", {"document_id", "question", "answer1", "answer2"}):
        if document := documents.get(row["document_id"]):
            question = row["question"].strip()
            answers = (row["answer1"].strip(), row["answer2"].strip())
            yield Example(question, document, answers, (0, len(document.text)))


def squad(file: Path, *, part: slice | None = None) -> Iterator[Example]:
    """Yield the questions of a file in the layout of SQuAD 1.1 or 2.0; `part` picks articles.

    Raises:
        DataError: the file is missing or not in that layout.
    """
    try:
        articles = json.loads(file.read_text(encoding="utf-8"))["data"]
        for article in articles[part] if part else articles:
            for number, paragraph in enumerate(article["paragraphs"]):
                text = paragraph["context"]
                name = f"{file.stem}/{article.get('title', '')}/{number}"
                document = Document(name, text, tell_sentences(text))
                for asked in paragraph["qas"]:
                    answers = [] if asked.get("is_impossible") else asked["answers"]
                    spans = {
                        (a["answer_start"], a["answer_start"] + len(a["text"])): a["text"]
                        for a in answers
                    }
                    yield Example(
                        asked["question"].strip(),
                        document,
                        tuple(spans.values()),
                        (0, len(text)),
                        tuple(spans),
                    )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{shown(file)} is not in SQuAD's layout: {shown(error)}") from error


def _rows(file: Path, columns: set[str]) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise DataError(f"cannot read {shown(file)}: {error.strerror}") from error
    missing = columns - set(rows[0] if rows else ())
    if missing:
        raise DataError(f"{shown(file)} lacks the column {shown(sorted(missing)[0])}")
    return rows
