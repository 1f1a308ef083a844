"""What the reader learns from, in order: passes over the stories, factual questions among them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qa.train.data import Document, Example, fairytaleqa, narrativeqa, squad
from qa.train.features import Group, Pieces, Window, anywhere, around, cut, pieces, stretch
from qa.train.negatives import falsified
from qa.train.own import own
from qa.train.own_views import Views
from qa.train.polar import polar, wrong_answer
from qa.train.source import Source
from qa.train.targets import Target, targets

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["SQUAD2_TRAIN_ARTICLES", "Plan", "lessons"]

SQUAD2_TRAIN_ARTICLES = 7
"""The first 7 of the 11 articles of squad2_part.json are trained on; the others validate."""

_SHIFTS = ("new_wiki", "reddit", "amazon")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of each kind of data is read.

    `qamr` and `shifts` are numbers of questions, `passes` of times the stories are read;
    `elsewhere`, `altered` and `foreign` the shares of story questions that are also asked of
    another stretch of their story, in an altered form, and of another story; `polar` of all that
    are also asked as yes/no questions, half of them with a wrong answer. Windows have `short`
    to `long` word pieces; `entire` is the share of the regions that fit which are read in one
    piece. The first `tales_aside` and `plots_aside` stories are not trained on, so that what weighs
    the reader against others can be fitted on them. Our own questions are read `own_views` times in
    a pass, `as_asked` of them with what the program would read for them, the others in windows of
    neighbouring sentences; `own_altered` and `own_foreign` are the shares of them that are also
    asked in an altered form, and of another text.
    """

    qamr: int = 6_000
    shifts: int = 12_000
    passes: int = 3
    narrativeqa_views: int = 2
    tales_aside: int = 12
    plots_aside: int = 6
    elsewhere: float = 0.5
    altered: float = 0.25
    polar: float = 0.2
    foreign: float = 0.05
    short: int = 60
    long: int = 330
    entire: float = 0.8
    own_views: int = 1
    as_asked: float = 0.6
    own_altered: float = 0.07
    own_foreign: float = 0.08


def lessons(
    data: Path, tokenizer: Tokenizer, plan: Plan, seed: int, report: Callable[[str], None]
) -> list[Group]:
    """Return the groups to train on, in order. The same for the same seed, data and plan.

    Raises:
        DataError: a file of the data is missing or not in its layout.
    """
    source = Source(tokenizer, {}, random.Random(seed))  # noqa: S311
    tales = _without(fairytaleqa(data / "fairytaleqa", "train"), plan.tales_aside)
    plots = _without(narrativeqa(data / "narrativeqa", held_out=False), plan.plots_aside)
    source.know(e for e, _ in tales + plots)
    factual = _qamr(source, data, plan) + _shifts(source, data, plan)
    source.rng.shuffle(factual)
    report(f"{len(factual):,} groups from QAMR and SQuADShifts")
    tricky = list(_squad2(source, data, plan))
    documents = list({e.document.name: e.document for e, _ in tales + plots}.values())
    ours = list(own(data, aside=False)) if plan.own_views else []
    views = Views(source, ours, plan.short, plan.long, plan.as_asked, report)
    groups: list[Group] = []
    for number in range(plan.passes):
        stories: list[Group] = factual[number :: plan.passes]
        for example, found in tales + plots * plan.narrativeqa_views:
            if found:
                stories += _story(source, example, found, documents, plan)
        for example in ours * plan.own_views:
            stories += _ours(views, example, source, plan)
        # SQuAD 2.0's questions come with the stories, lest abstention be forgotten.
        stories += tricky
        source.rng.shuffle(stories)
        report(f"{len(stories):,} groups in pass {number + 1} over the stories and SQuAD 2.0")
        groups += stories
    return groups


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
        found = list(squad(data / "squad_format" / f"squadshifts_{name}.json"))
        examples += source.rng.sample(found, min(plan.shifts // len(_SHIFTS), len(found)))
    source.know(examples)
    groups = []
    for example in examples:
        window = _positive(source, example, targets(example), plan)
        if not window:
            continue
        groups.append(Group((window,)))
        groups += _polar(source, example, window, plan)
        if source.rng.random() < plan.altered:
            groups += _altered(source, example, window, 0.7)
        elif source.rng.random() < plan.foreign:
            other = source.rng.choice(examples)
            if other.document.name != example.document.name:
                groups.append(_asked_of(source, other.question, window))
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
    window = _positive(source, example, found, plan)
    if not window:
        return []
    windows = [window]
    if rng.random() < plan.elsewhere and (other := _elsewhere(source, example, found, plan)):
        windows.append(other)
    groups = [Group(tuple(windows)), *_polar(source, example, window, plan)]
    if rng.random() < plan.altered:
        groups += _altered(source, example, window, 0.7)
    if rng.random() < plan.foreign:
        document = rng.choice(documents)
        if document.name != example.document.name:
            whole = source.pieces(document)
            start, end = anywhere(whole, plan.short, rng)
            question = source.question(example.question)
            groups.append(Group((cut(question, whole, start, end),), 0.7))
    return groups


def _ours(views: Views, example: Example, source: Source, plan: Plan) -> list[Group]:
    """Return the groups of one view of a question of our own."""
    groups = [views.group(example)]
    if source.rng.random() < plan.own_altered:
        groups += views.altered(example)
    if source.rng.random() < plan.own_foreign:
        groups += views.foreign(example)
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
        start, end = anywhere(whole, plan.short, source.rng)
        if end > region[0] and start < region[1]:
            continue
        shared = len(asked.intersection(whole.ids[start:end].tolist()))
        if shared > most and not cut(question, whole, start, end, found).spans:
            best, most = (start, end), shared
    return cut(question, whole, *best) if best else None


def _altered(source: Source, example: Example, window: Window, weight: float) -> list[Group]:
    text = falsified(example, source.rng, 0.5)
    return [_asked_of(source, text, window, weight)] if text else []


def _polar(source: Source, example: Example, window: Window, plan: Plan) -> list[Group]:
    """Return the group of a yes/no question: what it asks is so where the answer stands, or not.

    A teacher that was not asked such questions does not know better.
    """
    if source.rng.random() >= plan.polar:
        return []
    true = source.rng.random() < 0.5
    answer: str | None = source.rng.choice(example.answers)
    if not true:
        others = source.asked[example.document.name]
        answer = wrong_answer(example.question, example.answers, others, source.rng)
    text = polar(example.question, answer) if answer else None
    if not text:
        return []
    (found,) = _asked_of(source, text, window).windows
    if true:
        further = found.offset - window.offset
        spans = tuple((a + further, b + further, weight) for a, b, weight in window.spans)
        found = replace(found, spans=spans)
    return [Group((found,), 0.7, taught=False)]


def _asked_of(source: Source, question: str, window: Window, weight: float = 0.7) -> Group:
    """Return the group of a question that the window's text does not answer."""
    text = window.ids[window.offset : -1]
    whole = Pieces(text, [], [], [0, len(text)])
    return Group((cut(source.question(question), whole, 0, len(text)),), weight)
