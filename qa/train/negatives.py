"""Questions that a story does not answer, made from those that it does.

Swapping a name or a role for another of the same story leaves a question that sounds right and is
false (Lee et al. 2020 and Gautam et al. 2023 find such swaps the useful kind for abstention).
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from qa.train.data import Document, Example

__all__ = ["alter", "falsified", "names", "oppose", "roles"]

_NAME = re.compile(r"\b[A-Z][\w\u2019'-]+(?:\s+[A-Z][\w\u2019'-]+){0,2}")
_QUESTION_WORD = re.compile(
    r"^(?:who|whom|whose|what|when|where|why|how|which|in|on|at|after|before|during|according|the"
    r"|did|does|do|is|was|were|are|by|for|from|to|with|of|if|because|while)\b",
    re.IGNORECASE,
)
# Both sides of these are true at once, so a swap of the two sides changes nothing.
_SYMMETRIC = re.compile(
    r"\b(?:marr\w+|wed\w*|married|meet\w*|met|friends?|brothers?|sisters?|twins?|both|between|and"
    r"|together|relation\w*|same|each|fight|fought|couple)\b",
    re.IGNORECASE,
)
_ROLES = frozenset(
    """
    king queen prince princess man woman boy girl mother father brother sister son daughter
    wife husband farmer peasant merchant soldier giant witch wizard fairy fisherman shepherd
    hunter servant maid cook priest monk knight thief robber miller tailor smith blacksmith
    sailor captain judge emperor empress lord lady duke nurse stepmother stepsister
    grandmother uncle aunt child baby stranger traveller beggar neighbor neighbour master
    mistress doctor lawyer teacher detective officer policeman gangster boss lion tiger bear
    wolf fox dog cat horse cow pig goat sheep hare rabbit bird eagle crow raven owl hen cock
    duck swan fish frog snake dragon monkey crab mouse rat troll ogre elf dwarf mermaid ghost
    spirit devil god goddess chief warrior gentleman youth maiden bride bridegroom elder
    minister steward
    """.split()
)
_OPPOSITES = tuple(
    tuple(pair.split("/"))
    for pair in """
    first/last before/after most/least more/fewer more/less largest/smallest larger/smaller
    highest/lowest higher/lower oldest/youngest older/younger best/worst better/worse big/small
    early/late earliest/latest beginning/end start/end long/short longest/shortest north/south
    northern/southern east/west eastern/western left/right increase/decrease increased/decreased
    increasing/decreasing win/lose won/lost winner/loser buy/sell bought/sold give/take gave/took
    love/hate loved/hated like/dislike liked/disliked happy/sad happy/angry accept/refuse
    accepted/refused agree/disagree allow/forbid allowed/forbidden succeed/fail succeeded/failed
    open/close opened/closed enter/leave entered/left find/lose found/lost inside/outside
    always/never above/below strong/weak stronger/weaker strongest/weakest rich/poor
    beautiful/ugly good/evil good/bad alive/dead kill/save killed/saved remember/forget
    began/stopped begin/stop begins/ends easy/difficult easier/harder fast/slow positive/negative
    majority/minority maximum/minimum similar/different young/old male/female remain/leave
    supported/opposed support/oppose arrive/leave arrived/left cheap/expensive
    """.split()
    for pair in (pair, "/".join(reversed(pair.split("/"))))
)
_NUMBER = re.compile(r"\b\d{1,4}\b")
_ARTICLE_ROLE = re.compile(r"\b([Tt]he\s+)([a-z]+)\b")


def falsified(example: Example, rng: random.Random, opposed: float) -> str | None:
    """Return the example's question made false: see `oppose` and `alter`.

    Args:
        example: a question that its document answers.
        rng: what is drawn with.
        opposed: how often the former is tried first; the latter is where it is not, or fails.
    """
    text = oppose(example.question, rng) if rng.random() < opposed else None
    return text or alter(example.question, example.document, example.answers, rng)


def alter(
    question: str, document: Document, answers: Sequence[str], rng: random.Random
) -> str | None:
    """Return the question made false by swapping a name or role; None where nothing can be swapped.

    Two names that stand in the question change places, unless its verb makes that true again.
    Otherwise one gives way to another of the same story that neither question nor answers hold.
    """
    known = names(document.text)
    inside = [m for m in _NAME.finditer(question) if m.start() > 0 or m.group() in known]
    inside = [m for m in inside if m.group().removesuffix("'s").removesuffix("\u2019s") in known]
    if len(inside) == 2 and not _SYMMETRIC.search(question) and rng.random() < 0.5:
        a, b = inside
        swapped = (
            question[: a.start()]
            + _like(b.group(), a.group())
            + question[a.end() : b.start()]
            + _like(a.group(), b.group())
            + question[b.end() :]
        )
        if swapped != question:
            return swapped
    taken = " ".join((question, *answers)).lower()
    if inside:
        found = rng.choice(inside)
        # A part of a name may be someone's whole name: neither may stand in the question.
        others = [n for n in known if not any(word.lower() in taken for word in n.split())]
        start, end, old = found.start(), found.end(), found.group()
    else:
        here = [m for m in _ARTICLE_ROLE.finditer(question) if m.group(2) in _ROLES]
        if not here:
            return None
        place = rng.choice(here)
        others = [role for role in roles(document.text) if role not in taken]
        start, end, old = place.start(2), place.end(2), place.group(2)
    if not others:
        return None
    return question[:start] + _like(rng.choice(others[:8]), old) + question[end:]


def oppose(question: str, rng: random.Random) -> str | None:
    """Return the question with a word turned into its opposite or a number into another.

    These are the edits that the crowd of SQuAD 2.0 (Rajpurkar et al. 2018) made most besides
    swapped names. None where the question holds neither.
    """
    words = question.split()
    places = [
        (n, new)
        for n, word in enumerate(words)
        for old, new in _OPPOSITES
        if word.strip("?,.").lower() == old
    ]
    numbers = list(_NUMBER.finditer(question))
    if places and (not numbers or rng.random() < 0.7):
        n, new = rng.choice(places)
        end = words[n][len(words[n].rstrip("?,.")) :]
        return " ".join((*words[:n], new + end, *words[n + 1 :]))
    if numbers:
        found = rng.choice(numbers)
        value = int(found.group())
        other = value + rng.choice((-1, 1)) * rng.randint(1, max(2, min(60, value // 4)))
        return question[: found.start()] + str(max(0, other)) + question[found.end() :]
    return None


@lru_cache(maxsize=512)
def names(text: str) -> tuple[str, ...]:
    """Return the names of a text, most frequent first: capitalised inside a sentence."""
    counts: Counter[str] = Counter()
    for match in _NAME.finditer(text):
        before = text[: match.start()].rstrip()[-1:]
        if before and (before.isalnum() or before in ",;("):
            name = re.sub(r"['\u2019]s$", "", match.group())
            if not _QUESTION_WORD.match(name) and len(name) > 2:
                counts[name] += 1
    return tuple(name for name, _ in counts.most_common(30))


@lru_cache(maxsize=512)
def roles(text: str) -> tuple[str, ...]:
    """Return the roles of a text that occur with an article, most frequent first."""
    counts = Counter(m.group(2) for m in _ARTICLE_ROLE.finditer(text) if m.group(2) in _ROLES)
    return tuple(role for role, _ in counts.most_common())


def _like(new: str, old: str) -> str:
    """Return `new` with the possessive of `old`."""
    new = re.sub(r"['\u2019]s$", "", new)
    return new + old[-2:] if old.endswith(("'s", "\u2019s")) else new
