"""What the reader learns from, in order: passes over the stories, factual questions among them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.language import load_language
from index.onnx_encoder import OnnxEncoder
from qa.train.as_read import Place, Shelf, as_read
from qa.train.data import Document, Example, fairytaleqa, narrativeqa, pooled, squad
from qa.train.features import Group, Window, around, cut, framed, pieces, stretch
from qa.train.negatives import alter, oppose
from qa.train.plan import Plan, Source
from qa.train.rewording import Thesaurus, reworded
from qa.train.targets import Target, targets

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from index.encoder import Encoder

__all__ = ["SQUAD2_TRAIN_ARTICLES", "Plan", "lessons"]

SQUAD2_TRAIN_ARTICLES = 7
"""The first 7 of the 11 articles of squad2_part.json are trained on; the others validate."""

_SHIFTS = ("new_wiki", "reddit", "amazon")
_TOLD = 2_000  # questions between tellings of how far it is
_POOLED = 8  # neighbouring paragraphs that are asked as one document
_FEW = 3  # passages that are too few to be read without what answers


def lessons(
    data: Path,
    tokenizer: Tokenizer,
    plan: Plan,
    seed: int,
    report: Callable[[str], None],
    encoder: Encoder | None = None,
    thesaurus: Thesaurus | None = None,
) -> list[Group]:
    """Return the groups to train on, in order. The same for the same seed, data and plan.

    Args:
        data: the folder with the data.
        tokenizer: the reader's.
        plan: how much of what.
        seed: of all that is drawn by lot.
        report: told what has been made.
        encoder: what the passages of windows laid out as read are ranked with; by default the
            program's.
        thesaurus: what questions are put in other words with; without one they stay as they are.

    Raises:
        DataError: a file of the data is missing or not in its layout.
    """
    rng = random.Random(seed)  # noqa: S311
    source = Source(tokenizer, {}, rng, Shelf(encoder or OnnxEncoder(), tokenizer))
    if thesaurus:
        source = replace(source, reword=partial(_in_other_words, thesaurus, rng, plan.reworded))
    factual = _qamr(source, data, plan) + _shifts(source, data, plan)
    source.rng.shuffle(factual)
    report(f"{len(factual):,} groups from QAMR and SQuADShifts")
    tricky = list(_squad2(source, data, plan))
    tales = _without(fairytaleqa(data / "fairytaleqa", "train"), plan.tales_aside)
    plots = _without(narrativeqa(data / "narrativeqa", held_out=False), plan.plots_aside)
    documents = list({e.document.name: e.document for e, _ in tales + plots}.values())
    groups: list[Group] = []
    for number in range(plan.passes):
        stories: list[Group] = factual[number :: plan.passes]
        views = tales + plots * plan.narrativeqa_views
        for done, (example, found) in enumerate(views):
            if done % _TOLD == 0:
                report(f"{done:,} of {len(views):,} questions on stories")
            if found:
                stories += _story(source, example, found, documents, plan)
        # SQuAD 2.0's questions come with the stories, lest abstention be forgotten.
        stories += tricky
        source.rng.shuffle(stories)
        report(f"{len(stories):,} groups in pass {number + 1} over the stories and SQuAD 2.0")
        groups += stories
    return groups


def _in_other_words(thesaurus: Thesaurus, rng: random.Random, share: float, text: str) -> str:
    if rng.random() > share:
        return text
    return reworded(load_language()(text), thesaurus, rng) or text


def _without(examples: Iterable[Example], aside: int) -> list[tuple[Example, tuple[Target, ...]]]:
    """Return the examples with their targets, but for those on the first `aside` documents."""
    kept = list(examples)
    names = list(dict.fromkeys(example.document.name for example in kept))[aside:]
    return [(e, targets(e)) for e in kept if e.document.name in set(names)]


def _qamr(source: Source, data: Path, plan: Plan) -> list[Group]:
    """Sample QAMR: several single sentences in one window, since stories are not one sentence."""
    examples = list(squad(data / "squad_format" / "qamr_wiki.json"))
    groups = []
    documents = list({e.document.name: e.document for e in examples}.values())
    for example in source.rng.sample(examples, min(plan.qamr, len(examples))):
        texts = [d.text.strip() for d in source.rng.sample(documents, 1)]
        place = source.rng.randrange(2)
        texts.insert(place, example.document.text)
        shift = sum(len(t) + 1 for t in texts[:place])
        text = " ".join(texts)
        bounds, at = [], 0
        for t in texts:
            bounds.append((at, at + len(t)))
            at += len(t) + 1
        document = Document("", text, tuple(bounds))
        spans = [Target(a + shift, b + shift, 1.0) for a, b in example.spans]
        whole = pieces(document, source.tokenizer)
        window = cut(
            source.question(example.question), whole, 0, min(len(whole.ids), plan.long), spans
        )
        if window.spans:
            groups.append(Group((window,), 0.7))
    return groups


def _shifts(source: Source, data: Path, plan: Plan) -> list[Group]:
    examples: list[Example] = []
    for name in _SHIFTS:
        file = data / "squad_format" / f"squadshifts_{name}.json"
        asked = list(pooled(squad(file), _POOLED))
        count = min(plan.shifts // len(_SHIFTS), len(asked))
        # In their order, since a document is indexed when it is first asked.
        examples += [asked[n] for n in sorted(source.rng.sample(range(len(asked)), count))]
    groups = []
    for example in examples:
        found = targets(example)
        if source.rng.random() < plan.as_read:
            groups += _read(source, example, found, plan, plan.altered / 2)
            continue
        window = _positive(source, example, found, plan)
        if not window:
            continue
        groups.append(Group((window,)))
        if source.rng.random() < plan.altered:
            groups += _altered(source, example, (window,))
        elif source.rng.random() < plan.foreign:
            other = source.rng.choice(examples)
            if other.document.name != example.document.name:
                groups.append(_asked_of(source, other.question, (window,)))
    return groups


def _squad2(source: Source, data: Path, plan: Plan) -> list[Group]:
    groups = []
    part = slice(SQUAD2_TRAIN_ARTICLES)
    for example in squad(data / "squad_format" / "squad2_part.json", part=part):
        found = targets(example)
        window = _positive(source, example, found, plan)
        if window:
            groups.append(Group((window,)))
        elif not example.answers:
            whole = source.pieces(example.document)
            # Where the false question comes nearest is not marked, so all of the paragraph is read.
            end = min(len(whole.ids), plan.long)
            groups.append(Group((cut(source.question(example.question), whole, 0, end),)))
    return groups


def _story(
    source: Source,
    example: Example,
    found: Sequence[Target],
    documents: Sequence[Document],
    plan: Plan,
) -> list[Group]:
    """Return the groups of one view of a question on a story."""
    rng = source.rng
    if rng.random() < plan.as_read:
        groups = _read(source, example, found, plan, plan.altered)
        if example.region != (0, len(example.document.text)) and rng.random() < plan.section:
            groups += _read(source, example, found, plan, plan.altered / 2, within=True)
        return groups
    window = _positive(source, example, found, plan)
    if not window:
        return []
    windows = [window]
    if rng.random() < plan.elsewhere and (other := _elsewhere(source, example, found, plan)):
        windows.append(other)
    groups = [Group(tuple(windows))]
    if rng.random() < plan.altered:
        groups += _altered(source, example, windows[:1])
    if rng.random() < plan.foreign:
        document = rng.choice(documents)
        if document.name != example.document.name:
            whole = source.pieces(document)
            place = rng.randrange(len(whole.ids))
            start, end = around(whole, place, place + 1, plan.short, rng)
            question = source.question(example.question)
            groups.append(Group((cut(question, whole, start, end),), 0.7))
    return groups


def _positive(
    source: Source, example: Example, found: Sequence[Target], plan: Plan
) -> Window | None:
    """Return a window with the best target, or None if there is none."""
    if not found:
        return None
    whole = source.pieces(example.document)
    question = source.question(example.question)
    only = cut(question, whole, 0, len(whole.ids), found[:1]).spans
    if not only:
        return None
    offset = len(question[:48]) + 2
    low, high = only[0][0] - offset, only[0][1] + 1 - offset
    start, end = stretch(example, whole)
    if end - start > plan.long or source.rng.random() > plan.entire:
        length = source.rng.randint(plan.short, plan.long)
        start, end = around(whole, low, high, length, source.rng)
    window = cut(question, whole, start, end, found)
    return window if window.spans else None


def _elsewhere(
    source: Source, example: Example, found: Sequence[Target], plan: Plan
) -> Window | None:
    """Return a window of the same story, outside the region and free of any target, or None.

    Of some that are drawn, the one with the most of the question's word pieces: retrieval finds
    such windows, so the reader must tell them from the right one.
    """
    whole = source.pieces(example.document)
    region = stretch(example, whole)
    if region[1] - region[0] > len(whole.ids) * 0.8:  # the region is not known
        region = (0, 0)
    question = source.question(example.question)
    asked, best, most = set(question), None, -1
    for _ in range(8):
        place = source.rng.randrange(len(whole.ids))
        start, end = around(whole, place, place + 1, plan.short, source.rng)
        if end > region[0] and start < region[1]:
            continue
        shared = len(asked.intersection(whole.ids[start:end].tolist()))
        if shared > most and not cut(question, whole, start, end, found).spans:
            best, most = (start, end), shared
    return cut(question, whole, *best) if best else None


def _read(
    source: Source,
    example: Example,
    found: Sequence[Target],
    plan: Plan,
    altered: float,
    *,
    within: bool = False,
) -> list[Group]:
    """Return the groups of a question on windows laid out as the program reads.

    `altered` is the share asked in an altered form, too; `within`: of the region's passages only.
    """
    rng, document = source.rng, example.document
    ranked = source.shelf.ranked(document, example.question)
    if within:
        low, high = example.region
        best = [p for p in ranked if low <= p[0] and p[1] <= high]
        rest = [p for p in document.sentences if low <= p[0] and p[1] <= high]
        ranked = (*best, *(p for p in rest if not any(p[0] < b and a < p[1] for a, b in best)))
    budget = rng.choice(plan.budgets)

    def windows(places: Sequence[Place], answers: Sequence[Target]) -> tuple[Window, ...]:
        question = source.question(source.reword(example.question))
        return as_read(question, document, places, answers, source.shelf, budget, plan.longest)

    rows = windows(ranked, found) if found else ()
    if not any(row.spans for row in rows):
        return []
    groups = [Group(rows)]
    drawn = rng.random()
    if drawn < altered:
        groups += _altered(source, example, rows)
    elif drawn < altered + plan.missing and not within:
        free = [p for p in ranked if not any(p[0] < t.end and t.start < p[1] for t in found)]
        groups += [Group(windows(free, ()), 0.7)] if len(free) > _FEW else []
    return groups


def _altered(source: Source, example: Example, windows: Sequence[Window]) -> list[Group]:
    text = oppose(example.question, source.rng) if source.rng.random() < 0.5 else None
    text = text or alter(example.question, example.document, example.answers, source.rng)
    return [_asked_of(source, source.reword(text), windows)] if text else []


def _asked_of(source: Source, question: str, windows: Sequence[Window]) -> Group:
    """Return the group of a question that the windows' text does not answer."""
    asked = source.question(question)
    return Group(tuple(framed(asked, window.ids[window.offset : -1]) for window in windows), 0.7)
