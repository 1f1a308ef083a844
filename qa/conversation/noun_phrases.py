"""Noun phrases of a question or an answer, by rule: a determiner or a possessor, then words.

A phrase runs up to the next function word or verb; "the brother of the dealer" is one phrase.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.conversation.inflection import is_base, is_inflected
from qa.conversation.nouns import noun

__all__ = ["POSSESSIVE", "WORD", "key_of", "phrases"]

Span = tuple[int, int]
"""Offsets in a text, end-exclusive."""

POSSESSIVE = re.compile(r"['’]s?$")
"""What ends a possessor."""

_FUNCTION = frozenset(
    "a about above after again against all although am among an and any are as at be because been "
    "before behind being below besides between both but by can could did do does during each else "
    "even ever every for from had has have having he her here him his how i if in inside into is "
    "it its just like may me might more most must my near no nor not now of off on once only onto "
    "or our out over right she should since so some such than that the their them then there they "
    "this to too toward towards under until up upon us very was we were what when where whether "
    "which while who whom whose why will with within without would yes yet you your these those "
    "don didn doesn isn wasn t s not".split()
)
_DETERMINERS = r"(?:the|an?|his|her|their|its|this|these|those|some|two|three|both|another)"
WORD = re.compile(r"[^\W_]\w*(?:[-'’.&]\w+)*")
"""A word, with what is hyphenated or abbreviated as one."""

_AUXILIARY = re.compile(r"(?i)\b(?:do|does|did|can|could|will|would|should)\s+$")
_MOST = 5  # words of a phrase


def key_of(phrase: str) -> str:
    """Return what phrases for one thing share: head and owner, for "X's brother" and "… of X"."""
    words = [w.lower() for w in WORD.findall(phrase)]
    words = [w for w in words if w not in _FUNCTION or w == "of"]
    if "of" in words[1:-1]:
        cut = words.index("of")
        return f"{words[cut - 1]} of {POSSESSIVE.sub('', words[-1]).rstrip('s')}"
    owner = next((w for w in reversed(words[:-1]) if re.search(r"['’]s?$", w)), "")
    if owner and words:
        return f"{words[-1]} of {POSSESSIVE.sub('', owner).rstrip('s')}"
    return " ".join(words[-2:])


def phrases(text: str, named: Sequence[Span]) -> list[Span]:
    """Return the noun phrases of `text` that begin with a determiner or a possessor.

    Args:
        text: a question or an answer.
        named: where names stand, without the "'s" behind a possessor.
    """
    starts = [(m.start(), m.end()) for m in re.finditer(rf"(?i)\b{_DETERMINERS}\s+", text)]
    for start, stop in named:
        if owned := re.match(r"['’]s?\s+", text[stop:]):
            starts.append((start, stop + owned.end()))
    found: list[Span] = []
    for start, after in sorted(starts):
        if found and start < found[-1][1]:
            continue
        inverted = bool(_AUXILIARY.search(text[:start]))
        end = _end(text, after, named, inverted)
        if end is not None and not any(a <= start and end <= b for a, b in named):
            found.append((start, end))
    return found


def _end(text: str, after: int, named: Sequence[Span], inverted: bool) -> int | None:
    """Return where the noun phrase ends whose first content word is at `after`; None for none.

    `inverted`: it stands behind an auxiliary, so that a base form may be the verb.
    """
    place, names = after, {first for first, _ in named}
    end: int | None = None
    for count in range(_MOST):
        word = WORD.match(text, place)
        if word is None or word.group().lower() in _FUNCTION:
            break
        if count and place in names:
            break
        if count and _ends_before(word, text, text[after:place].strip(), inverted):
            break
        end = word.end()
        if not re.match(r"\s\w", text[end:]):
            break
        place = end + 1
    if end is None:
        return None
    of = re.match(rf"(?i) of (?:{_DETERMINERS} )?", text[end:])
    if of and (whole := _end(text, end + of.end(), named, inverted)):
        return whole
    owner = POSSESSIVE.search(text[after:end])
    return end - len(owner.group()) if owner else end


def _ends_before(word: re.Match[str], text: str, before: str, inverted: bool) -> bool:
    """Tell whether the word can be no part of the phrase, whose words so far are `before`."""
    said = word.group()
    if POSSESSIVE.search(before):
        return False
    if said.lower().endswith("ed"):
        return not text[word.end() :].strip(" ?.!")
    if is_inflected(said) and not is_base(said):
        return not (said.endswith("s") and inverted)
    if said.lower().endswith("ing"):
        return noun(before.split()[-1]).person
    return (is_base(said) and inverted) or said.lower().endswith("ly")
