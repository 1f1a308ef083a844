"""Names in a question that the story spells otherwise: a slip of the pen finds its character.

Only a word that the story never has is looked at, and only a spelling that sounds the same, or
has one letter too many or too few, is taken for a slip. Whoever asks about
"Maria" where the story has a Marta asks about somebody else.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from index.cast import Cast
from index.lexical import content_words, terms
from index.people import SUFFIXES, TITLES, folded
from index.persist import StoryIndex

__all__ = ["Speller"]

_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[-‐‑'’.](?=[^\W_]))*")
_POSSESSIVE = re.compile(r"['’]s?$", re.IGNORECASE)
_SHORTEST = 4  # letters: shorter names differ by one letter from too many others
_LONG = 7
_CUTOFF = 0.8  # of Ratcliff and Obershelp's similarity, as difflib has it
_MOST_PARTS = 3
_VOWELS = frozenset("aeiouy")
_SOUNDS = {
    letter: digit
    for digit, letters in enumerate(("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), 1)
    for letter in letters
}


class Speller:
    """Puts the names of a question as one story spells them.

    Args:
        index: the story; its cast, its text and its terms are read, the text when first needed.
    """

    def __init__(self, index: StoryIndex) -> None:
        self._index = index
        self._names = _names(index.cast)

    def respelled(self, text: str) -> str | None:
        """Return `text` with misspelt names put right, or None where there are none.

        A name in another spelling (a hyphen, a space, an accent more or less) is found whatever
        its capitals; a misspelt one only where it begins with a capital and does not open the
        question.
        """
        if not self._names:
            return None
        words = [(m.start(), m.start() + len(_bare(m.group()))) for m in _WORD.finditer(text)]
        parts, done, row = [], 0, 0
        while row < len(words):
            near = words[row : row + _MOST_PARTS]
            count, name = self._variant(text, near)
            if not count and row:
                name = self._meant(text[slice(*words[row])])
            count = count or 1
            if name is not None:
                parts += [text[done : words[row][0]], name]
                done = words[row + count - 1][1]
            row += count
        return "".join([*parts, text[done:]]) if parts else None

    def _variant(self, text: str, words: Sequence[tuple[int, int]]) -> tuple[int, str | None]:
        """Return how many of `words` are a name, and its spelling in the story if another.

        (0, None) where the first word begins no name.
        """
        for count in range(len(words), 0, -1):
            written = text[words[0][0] : words[count - 1][1]]
            known = self._names.get(folded(written), {})
            # "Ann Jr." is written with its full stop, which no word has here.
            if written.casefold() in {form.rstrip(".").casefold() for form in known}:
                return count, None
            # "Is a killer there?" does not speak of Isa.
            whole = all(content_words(text[a:b]) for a, b in words[:count])
            if known and whole and (count > 1 or written.casefold() not in self._vocabulary):
                return count, next(iter(known))
        return 0, None

    def _meant(self, word: str) -> str | None:
        """Return the name that `word` is a slip for, or None where there is not just one."""
        if not word[0].isupper() or len(word) < _SHORTEST or word.casefold() in self._vocabulary:
            return None
        stems = terms(word)
        if not stems or set(stems) <= self._index.lexical.vocabulary:
            return None
        key = folded(word)
        slips = {name: forms for name, forms in self._names.items() if _is_slip(key, name)}
        others = any(_is_slip(key, w) and folded(w) not in self._names for w in self._vocabulary)
        if others or len({who for forms in slips.values() for who in forms.values()}) != 1:
            return None
        best = max(sorted(slips), key=lambda name: _similarity(key, name))
        return next(iter(slips[best]))

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        """The words of the story in lower case, those with a hyphen also in parts."""
        words = {_bare(m.group()).casefold() for m in _WORD.finditer(self._index.story.text)}
        return frozenset(words | {part for word in words for part in re.split(r"[-‐‑]", word)})


def _names(cast: Cast) -> dict[str, dict[str, int]]:
    """Return the names of the story and their words, each with its character, by folded form."""
    names: dict[str, dict[str, int]] = {}
    for who, character in enumerate(cast.characters):
        for alias in (character.name, *character.aliases):
            for form in (alias, *alias.split()):
                key = folded(form)
                if len(key) > 1 and key not in TITLES and key not in SUFFIXES:
                    names.setdefault(key, {}).setdefault(form, who)
    return names


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word)


def _is_slip(word: str, name: str) -> bool:
    """Tell whether `word` is likely a slip for `name`; both folded."""
    shorter, longer = sorted((word, name), key=len)
    if len(shorter) < _SHORTEST or word == name or word[0] != name[0]:
        return False
    if longer.startswith(shorter) and set(longer[len(shorter) :]) != {shorter[-1]}:
        return False  # Julia and Julian, Paul and Paula
    if word[-1] != name[-1] and {word[-1], name[-1]} <= _VOWELS:
        return False  # Julia and Julie, Mario and Maria
    if len(word) == len(name) and sorted(word) == sorted(name):
        return len(list(_differences(word, name))) == 2  # two letters changed places
    if _similarity(word, name) < _CUTOFF:
        return False
    return _sound(word) == _sound(name) or _has_one_more(longer, shorter)


def _similarity(word: str, name: str) -> float:
    return difflib.SequenceMatcher(None, word, name, autojunk=False).ratio()


def _differences(word: str, name: str) -> Iterator[int]:
    return (n for n, (a, b) in enumerate(zip(word, name, strict=True)) if a != b)


def _has_one_more(longer: str, shorter: str) -> bool:
    """Tell whether `longer` is `shorter` and one letter more: in a short name, a vowel."""
    return any(
        longer[:n] + longer[n + 1 :] == shorter and (len(longer) >= _LONG or longer[n] in _VOWELS)
        for n in range(len(longer))
    )


def _sound(word: str) -> str:
    """Return the Soundex code (Odell and Russell 1918) of a word, of any length."""
    code, last = word[0], _SOUNDS.get(word[0], 0)
    for letter in word[1:]:
        digit = _SOUNDS.get(letter, 0)
        if digit and digit != last:
            code += str(digit)
        if letter not in "hw":  # they do not part two letters of one sound
            last = digit
    return code
