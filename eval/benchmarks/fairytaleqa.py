"""FairytaleQA: experts' questions on children's tales, section by section (Xu et al. 2022).

Files: `questions/{train,val,test}/NAME-questions.csv` and, for each,
`section-stories/{train,val,test}/NAME-story.csv`. The column `cor_section` numbers the sections
that answer. Two settings: the story is what these sections hold, or the whole tale, in which they
have to be found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.benchmarks.benchmark import Benchmark, checked_story, question_type, taken
from eval.benchmarks.files import existing, read_table
from eval.dataset import Evidence, Example
from index.errors import DataError, shown
from index.records import Story

__all__ = ["PUBLISHED", "SETTINGS", "SPLITS", "load_fairytaleqa"]

PUBLISHED = "github.com/uci-soe/FairytaleQAData"

SPLITS = ("train", "val", "test")

SETTINGS = ("section", "tale")
"""What a question is asked of: the sections that answer it, or the whole tale."""

_JOINT = "\n\n"
_QUESTIONS = (
    "question_id", "local-or-sum", "cor_section", "attribute1", "question",
    "ex-or-im1", "answer1", "answer2", "answer3", "answer4", "answer5", "answer6",
)  # fmt: skip
_ANSWERS = _QUESTIONS[6:]


@dataclass(frozen=True, slots=True)
class _Tale:
    story: Story
    sections: tuple[tuple[str, int, int], ...]  # number, start, end


def load_fairytaleqa(
    folder: Path, split: str = "val", setting: str = "section", limit: int | None = None
) -> Benchmark:
    """Read the questions of a split.

    In the setting "tale" the sections that answer are each question's evidence.

    Args:
        folder: where the official folders are.
        split: one of `SPLITS`.
        setting: one of `SETTINGS`.
        limit: how many questions, from the first on; all where None.

    Raises:
        DataError: a file is missing or broken.
    """
    tables = existing(folder, [f"questions/{split}"], PUBLISHED)
    sections = existing(folder, [f"section-stories/{split}"], PUBLISHED)
    skipped: list[str] = []
    stories: dict[str, Story] = {}
    examples: list[Example] = []
    human: dict[str, str] = {}
    paths = sorted(tables.glob("*-questions.csv"))
    if not paths:
        raise DataError(f"no NAME-questions.csv in {shown(tables)}; see {PUBLISHED}")
    for path in paths:
        name = path.name.removesuffix("-questions.csv")
        tale = _tale(name, existing(sections, [f"{name}-story.csv"], PUBLISHED), skipped)
        seen: dict[str, str] = {}
        for where, row in read_table(path, _QUESTIONS, skipped):
            if tale is None or (example := _example(row, tale, where, seen, skipped)) is None:
                continue
            if setting == "section":
                example = _on_sections(example, tale, stories)
            else:
                stories[name] = tale.story
            examples.append(example)
            if row["answer4"].strip():  # the first answer of the second annotator
                human[example.example_id] = row["answer4"]
    return taken(f"fairytaleqa-{split}-{setting}", stories, examples, skipped, limit, human)


def _tale(name: str, path: Path, skipped: list[str]) -> _Tale | None:
    """Return the tale: its sections in file order, a blank line between them."""
    parts: list[str] = []
    places: list[tuple[str, int, int]] = []
    start = 0
    for where, row in read_table(path, ("section", "text"), skipped):
        if not row["text"].strip():
            skipped.append(f"{where}: section {shown(row['section'])} is empty; left out")
            continue
        places.append((row["section"].strip(), start, start + len(row["text"])))
        parts.append(row["text"])
        start += len(row["text"]) + len(_JOINT)
    story = checked_story(name, _JOINT.join(parts), path.name, skipped)
    return _Tale(story, tuple(places)) if story else None


def _example(
    row: Mapping[str, str], tale: _Tale, where: str, seen: dict[str, str], skipped: list[str]
) -> Example | None:
    """Return the question of a row as one on the whole tale."""
    number = row["question_id"].strip()
    if seen.get(number) == row["question"]:
        skipped.append(f"{where}: question {number} once more; left out")
        return None
    if not row["answer1"].strip():
        skipped.append(f"{where}: answer1 is empty; left out")
        return None
    if (kind := question_type(row["question"], where, skipped)) is None:
        return None
    wanted = [part.strip() for part in row["cor_section"].split(",")]
    found = [place for place in tale.sections if place[0] in wanted]
    if unknown := [number for number in wanted if number not in {place[0] for place in found}]:
        skipped.append(f"{where}: the tale has no section {shown(unknown[0])}; left out")
        return None
    name = f"{tale.story.story_id}:{number}"
    while name.rpartition(":")[2] in seen:  # some tales give one number to two questions
        name += "b"
    seen[name.rpartition(":")[2]] = row["question"]
    return Example(
        example_id=name,
        story_id=tale.story.story_id,
        question=row["question"],
        type=kind,
        answerable=True,
        references=tuple(row[column] for column in _ANSWERS if row[column].strip()),
        evidence=tuple(Evidence(a, b, tale.story.text[a:b]) for _, a, b in found),
        attributes=(
            ("attribute", row["attribute1"].strip()),
            ("answer", row["ex-or-im1"].strip()),
            ("scope", row["local-or-sum"].strip()),
        ),
    )


def _on_sections(example: Example, tale: _Tale, stories: dict[str, Story]) -> Example:
    """Return the example as one on the text of its sections alone, which becomes a story."""
    from dataclasses import replace

    text = _JOINT.join(piece.text for piece in example.evidence)
    places = {(a, b): number for number, a, b in tale.sections}
    numbers = [places[piece.start, piece.end] for piece in example.evidence]
    name = f"{tale.story.story_id}-{'+'.join(numbers)}"
    stories[name] = Story(name, text)
    return replace(example, story_id=name, evidence=())
