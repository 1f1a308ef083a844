"""NarrativeQA on summaries: crowd questions on plots, two free answers each (Kočiský et al. 2018).

Files: `qaps.csv` with the questions, `summaries.csv` with the plots (in the official repository at
`third_party/wikipedia/summaries.csv`), and, if it is there, `documents.csv`, whose column `kind`
tells books from films. The columns of raw text are read; the tokenised ones are not needed.
"""

from __future__ import annotations

from pathlib import Path

from eval.benchmarks.benchmark import Benchmark, checked_story, question_type, taken
from eval.benchmarks.files import existing, read_table
from eval.dataset import Example
from index.errors import DataError, shown
from index.records import Story

__all__ = ["PARTS", "PUBLISHED", "SPLITS", "load_narrativeqa"]

PUBLISHED = "github.com/google-deepmind/narrativeqa"

SPLITS = ("train", "valid", "test")

PARTS = ("all", "first80", "last35")
"""All documents of a split, its first 80 in file order, or its last 35."""

_QUESTIONS = ("document_id", "set", "question", "answer1", "answer2")
_SUMMARIES = ("document_id", "set", "summary")


def load_narrativeqa(
    folder: Path, split: str = "valid", part: str = "all", limit: int | None = None
) -> Benchmark:
    """Read the questions of a split, each on its document's summary.

    Args:
        folder: where the official files are.
        split: one of `SPLITS`, the column `set`.
        part: one of `PARTS`.
        limit: how many questions, from the first on; all where None.

    Raises:
        DataError: a file is missing or broken, or has no question of that split.
    """
    table = existing(folder, ["qaps.csv"], PUBLISHED)
    summaries = existing(
        folder, ["summaries.csv", "third_party/wikipedia/summaries.csv"], PUBLISHED
    )
    skipped: list[str] = []
    rows = list(read_table(table, _QUESTIONS, skipped))
    inside = [(where, row) for where, row in rows if row["set"] == split]
    if not inside:
        sets = ", ".join(sorted({row["set"] for _, row in rows})) or "none at all"
        raise DataError(f"{table} has no question of the set {split!r}, only {shown(sets)}")
    order = list(dict.fromkeys(row["document_id"] for _, row in inside))
    wanted = set({"all": order, "first80": order[:80], "last35": order[-35:]}[part])
    stories = _stories(summaries, wanted, skipped)
    kinds = _kinds(folder / "documents.csv", skipped)
    examples: list[Example] = []
    human: dict[str, str] = {}
    count = dict.fromkeys(order, 0)
    for where, row in inside:
        document = row["document_id"]
        count[document] += 1
        if document not in wanted:
            continue
        if document not in stories:
            skipped.append(f"{where}: no summary of document {shown(document)}; left out")
            continue
        if not row["answer1"].strip() or not row["answer2"].strip():
            skipped.append(f"{where}: an empty answer; left out")
            continue
        if (kind := question_type(row["question"], where, skipped)) is None:
            continue
        name = f"{document}:{count[document]}"
        human[name] = row["answer2"]
        examples.append(
            Example(
                example_id=name,
                story_id=document,
                question=row["question"],
                type=kind,
                answerable=True,
                references=(row["answer1"], row["answer2"]),
                attributes=(("kind", kinds[document]),) if document in kinds else (),
            )
        )
    title = f"narrativeqa-{split}" + (f"-{part}" if part != "all" else "")
    return taken(title, stories, examples, skipped, limit, human)


def _stories(path: Path, wanted: set[str], skipped: list[str]) -> dict[str, Story]:
    stories: dict[str, Story] = {}
    for where, row in read_table(path, _SUMMARIES, skipped):
        document = row["document_id"]
        if document not in wanted:
            continue
        if document in stories:
            skipped.append(f"{where}: document {shown(document)} once more; left out")
        elif story := checked_story(document, row["summary"], where, skipped):
            stories[document] = story
    return stories


def _kinds(path: Path, skipped: list[str]) -> dict[str, str]:
    if not path.is_file():
        return {}
    rows = read_table(path, ("document_id", "kind"), skipped)
    return {row["document_id"]: row["kind"] for _, row in rows if row["kind"].strip()}
