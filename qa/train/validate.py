"""How good the reader is on questions that it is never trained on."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from index.records import Passage
from qa.neural_reader import NeuralReader
from qa.question import MAX_CHARS, Question, analyse
from qa.records import Reading, Retrieved
from qa.train.data import Document, Example, fairytaleqa, narrativeqa, squad
from qa.train.lessons import SQUAD2_TRAIN_ARTICLES
from qa.train.negatives import alter
from qa.train.own import own
from qa.train.targets import lcs

__all__ = ["Asked", "Validation", "auroc", "rouge_l_coco", "rouge_l_f1", "validation_set"]

_PUNCTUATION = re.compile(r"[^\w\s]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the sentences it is asked of; `kind` names the benchmark."""

    kind: str
    question: Question
    document: Document
    passages: tuple[Retrieved, ...]
    answers: tuple[str, ...]
    explicit: bool = True


@dataclass(frozen=True, slots=True)
class Validation:
    """Mean scores, by name, and the questions that they are over."""

    scores: dict[str, float]
    counts: dict[str, int]

    @property
    def line(self) -> str:
        """The scores in one line."""
        return " ".join(f"{name} {value:.3f}" for name, value in self.scores.items())

    @classmethod
    def of(
        cls,
        reader: NeuralReader,
        asked: Sequence[Asked],
        progress: Callable[[Sequence[Asked]], Iterable[Asked]] = iter,
    ) -> Validation:
        """Read every question and score the best span, whether or not the null score is higher.

        Means of ROUGE-L by benchmark; AUROC of the null score over SQuAD 2.0's questions, and of
        the story questions against altered ones and against those of other stories.
        """
        readings = [(a, reader.read(a.question, a.passages)) for a in progress(asked)]
        values: dict[str, list[float]] = {}
        nulls: dict[str, list[float]] = {}
        for a, reading in readings:
            nulls.setdefault(a.kind if a.answers else f"no {a.kind}", []).append(reading.null_score)
            if not a.answers:
                continue
            text = _answer(a, reading)
            score = rouge_l_coco if a.kind == "narrativeqa" else rouge_l_f1
            values.setdefault(a.kind, []).append(score(text, a.answers))
            if a.kind == "fairytaleqa section":
                name = f"{a.kind} {'explicit' if a.explicit else 'implicit'}"
                values.setdefault(name, []).append(values[a.kind][-1])
        scores = {name: float(np.mean(rows)) for name, rows in values.items()}
        counts = {name: len(rows) for name, rows in values.items()}
        for name, rows in nulls.items():
            base = "narrativeqa" if name in ("no altered", "no foreign") else name[3:]
            if name.startswith("no ") and base in nulls:
                scores[f"auroc {name[3:]}"] = auroc(rows, nulls[base])
                counts[f"auroc {name[3:]}"] = len(rows) + len(nulls[base])
        return cls(scores, counts)


def validation_set(data: Path, limit: int | None = None, seed: int = 0) -> list[Asked]:
    """Return the validation questions, at most `limit` of each kind (a fixed sample).

    NarrativeQA's held-out documents, also with altered and foreign questions; FairytaleQA's `val`
    with the section and over the whole tale; the articles of SQuAD 2.0 that training leaves out;
    our own questions on texts that are set aside, but those for yes or no.
    """
    rng = random.Random(seed)  # noqa: S311
    plots = list(narrativeqa(data / "narrativeqa", held_out=True))
    tales = list(fairytaleqa(data / "fairytaleqa", "val"))
    aside = slice(SQUAD2_TRAIN_ARTICLES, None)
    tricky = list(squad(data / "squad_format" / "squad2_part.json", part=aside))
    altered, foreign = [], []
    documents = sorted({e.document for e in plots}, key=lambda d: d.name)
    for example in plots:
        text = alter(example.question, example.document, example.answers, rng)
        if text:
            altered.append(Example(text, example.document, (), example.region))
        other = rng.choice([d for d in documents if d.name != example.document.name])
        foreign.append(Example(example.question, other, (), (0, len(other.text))))
    rows = []
    for kind, examples in (
        ("narrativeqa", plots),
        ("altered", altered),
        ("foreign", foreign),
        ("fairytaleqa section", tales),
        ("fairytaleqa whole", tales),
        ("squad2", tricky),
        ("own", [e for e in own(data, aside=True) if e.affirmed is None]),
    ):
        chosen = examples if limit is None else rng.sample(examples, min(limit, len(examples)))
        rows += [_asked(kind, example) for example in chosen]
    return rows


def rouge_l_coco(text: str, references: Sequence[str]) -> float:
    """Return ROUGE-L as coco-caption computes it (beta 1.2), lower-cased, without punctuation.

    The best precision and the best recall over the references are taken separately.
    """
    words = _PUNCTUATION.sub("", text.lower()).split()
    precision = recall = 0.0
    for reference in references:
        other = _PUNCTUATION.sub("", reference.lower()).split()
        common = lcs(words, other)
        precision = max(precision, common / len(words) if words else 0.0)
        recall = max(recall, common / len(other) if other else 0.0)
    if not precision or not recall:
        return 0.0
    return (1 + 1.2**2) * precision * recall / (recall + 1.2**2 * precision)


def rouge_l_f1(text: str, references: Sequence[str]) -> float:
    """Return rouge_score's ROUGE-L F1 with stemming, against the first reference."""
    return float(_scorer().score(references[0], text)["rougeL"].fmeasure)


def auroc(high: Sequence[float], low: Sequence[float]) -> float:
    """Return the probability that a value of `high` is above one of `low`, ties counting half."""
    values = np.concatenate([np.asarray(high), np.asarray(low)])
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    n, m = len(high), len(low)
    return float((ranks[place[:n]].sum() - n * (n + 1) / 2) / (n * m))


@lru_cache(maxsize=1)
def _scorer():  # type: ignore[no-untyped-def]  # noqa: ANN202
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], use_stemmer=True)


def _answer(asked: Asked, reading: Reading) -> str:
    if not reading.spans:
        return ""
    return asked.document.text[reading.spans[0].start : reading.spans[0].end]


def _asked(kind: str, example: Example) -> Asked:
    low, high = (0, len(example.document.text)) if kind.endswith("whole") else example.region
    passages = []
    for number, (start, end) in enumerate(example.document.sentences):
        a, b = max(start, low), min(end, high)
        if b > a:
            text = example.document.text[a:b]
            passages.append(Passage(number, example.document.name, text, a, b))
    return Asked(
        kind,
        analyse(example.question[:MAX_CHARS]),
        example.document,
        tuple(Retrieved(n, passage, 0.0) for n, passage in enumerate(passages, 1)),
        example.answers,
        example.explicit,
    )
