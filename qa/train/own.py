"""Questions of our own writing: on stories of our own, and on public ones that are trained on.

`questions/` has a file for each: JSON Lines, one text a line. `stories.jsonl` has the texts as
well; of a public one only its name stands there, and offsets. They ask as readers of a synopsis do:
in words of their own, for yes or no, and for what the text does not tell, of which the public data
has little.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index.errors import DataError, shown
from qa.train.data import Document, Example, fairytaleqa, narrativeqa, squad, tell_sentences

__all__ = ["own"]

QUESTIONS = Path(__file__).with_name("questions")


def own(data: Path, *, aside: bool, folder: Path = QUESTIONS) -> Iterator[Example]:
    """Yield our own questions, those on texts that are set aside or those on the others.

    Of an answer that stands there in several forms, the best is the first of `spans`. What says yes
    or no to a question is its only span. Texts that `data` does not have are left out.

    Args:
        data: the folder with the public texts.
        aside: whether those to validate on are wanted, or those to train on.
        folder: where the questions are.

    Raises:
        DataError: a file is missing or not in its layout.
    """
    for name, known in (
        ("stories", {}),
        ("narrativeqa", _documents(narrativeqa(data / "narrativeqa", held_out=False))),
        ("fairytaleqa", _documents(fairytaleqa(data / "fairytaleqa", "train"))),
        ("squadshifts", _documents(squad(data / "squad_format" / "squadshifts_new_wiki.json"))),
    ):
        file = folder / f"{name}.jsonl"
        try:
            for line in file.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                document = _document(row, known)
                if document and bool(row.get("aside")) == aside:
                    yield from (_example(asked, document) for asked in row["questions"])
        except (OSError, ValueError, KeyError) as error:
            raise DataError(
                f"cannot read the questions in {shown(file)}: {shown(error)}"
            ) from error


def _documents(examples: Iterator[Example]) -> dict[str, Document]:
    return {example.document.name: example.document for example in examples}


def _document(row: Mapping[str, Any], known: Mapping[str, Document]) -> Document | None:
    """Return a story of our own, or the stretch of a public one that the questions are about."""
    if "text" in row:
        return Document(f"own/{row['title']}", row["text"], tell_sentences(row["text"]))
    whole = known.get(row["document"])
    if whole is None:
        return None
    first, last = row.get("stretch", (0, len(whole.text)))
    text = whole.text[first:last]
    return Document(f"own/{whole.name}/{first}", text, tell_sentences(text))


def _example(asked: Mapping[str, Any], document: Document) -> Example:
    kind, text = asked["kind"], document.text
    polar = kind in {"yes", "no"}
    spans = tuple((a, b) for a, b in asked.get("answers", ()))
    said = tuple(text[a:b] for a, b in spans)
    if polar:
        said, spans = (kind,), (tuple(asked["evidence"]),)
    return Example(
        asked["question"],
        document,
        said,
        (0, len(text)),
        spans,
        affirmed=kind == "yes" if polar else None,
    )
