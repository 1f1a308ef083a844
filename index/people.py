"""Where a story names persons: each name without its title, and who plays whom."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.names import name_runs
from index.records import Token

__all__ = ["SUFFIXES", "TITLES", "Naming", "Played", "actors", "folded", "namings"]

TITLES: Mapping[str, str] = {
    **dict.fromkeys(
        "mr mister sir lord king prince duke count baron emperor father brother uncle monsieur "
        "herr grandfather".split(),
        "m",
    ),
    **dict.fromkeys(
        "mrs ms miss lady dame queen princess duchess countess baroness empress mother sister aunt "
        "madame mademoiselle madam frau grandmother".split(),
        "f",
    ),
    **dict.fromkeys(
        "dr doctor prof professor captain capt colonel col general gen major lieutenant lt sgt "
        "sergeant corporal private admiral commander inspector detective constable officer sheriff "
        "judge reverend rev pastor saint st president senator governor mayor chief agent master "
        "old young little poor dear".split(),
        "",
    ),
}
"""What may stand before a name and is no part of it, with the gender that it tells."""

SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_JOINERS = frozenset({"and", "&", ",", "played", "portrayed", "by"})


@dataclass(frozen=True, slots=True)
class Naming:
    """A person's name in the text: tokens `first` to `last` (inclusive) of a passage.

    The title is one of the tokens, but none of the `words`; it is "" where there is none.
    """

    passage_id: int
    first: int
    last: int
    words: tuple[str, ...]
    title: str = ""

    @property
    def text(self) -> str:
        """The name with its title."""
        return " ".join([self.title, *self.words]) if self.title else " ".join(self.words)

    @property
    def gender(self) -> str:
        """What the title tells: "m", "f", or ""."""
        return TITLES.get(folded(self.title), "")


@dataclass(frozen=True, slots=True)
class Played:
    """A pair of brackets with actors: the names in it, and who is played by whom."""

    inside: tuple[Naming, ...]
    pairs: tuple[tuple[Naming, str], ...]


def folded(text: str) -> str:
    """Return the letters and digits of `text` alone, without accents and in lower case.

    Spellings of one name fall together, with a hyphen, in two words, or in one.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if c.isalnum()).casefold()


def namings(parses: Sequence[Sequence[Token]]) -> list[Naming]:
    """Return every person's name of a story, in story order; those in brackets too."""
    return [
        _naming(passage_id, tokens, start, end - 1)
        for passage_id, tokens in enumerate(parses)
        for start, end in name_runs(tokens)
        if tokens[start].ent == "PERSON"
    ]


def actors(parses: Sequence[Sequence[Token]], found: Sequence[Naming]) -> Iterator[Played]:
    """Yield the names in brackets right behind a character's, which say who plays it.

    Behind "A and B (C and D)" C plays A, and D plays B. A name that the story uses elsewhere is
    a character's, and no actor.
    """
    places: dict[int, list[Naming]] = defaultdict(list)
    for naming in found:
        places[naming.passage_id].append(naming)
    lasts = Counter(naming.words[-1] for naming in found)
    for passage_id, here in places.items():
        tokens = parses[passage_id]
        for start in (n for n, token in enumerate(tokens) if n and token.text == "("):
            end = next((n for n in range(start, len(tokens)) if tokens[n].text == ")"), start)
            names = _listed(tokens[start + 1 : end]) if tokens[start - 1].pos == "PROPN" else []
            inside = tuple(n for n in here if start < n.first and n.last < end)
            before = _joined_before(tokens, here, start)
            own = {word for naming in before for word in naming.words}
            within = Counter(naming.words[-1] for naming in inside)
            ends = {name.split()[-1] for name in names} - own
            if not names or any(lasts[word] > within[word] for word in ends):
                continue
            # A single word may be a nickname as well.
            whole = len(names) == len(before) and all(" " in name for name in names)
            yield Played(inside, tuple(zip(before, names, strict=True)) if whole else ())


def _naming(passage_id: int, tokens: Sequence[Token], first: int, last: int) -> Naming:
    words = [token.text for token in tokens[first : last + 1]]
    title = ""
    while len(words) > 1 and folded(words[0]) in TITLES and folded(words[1]) not in SUFFIXES:
        title = f"{title} {words.pop(0)}".strip()
    before = tokens[first - 1].text if first else ""
    if not title and folded(before) in TITLES and before[:1].isupper():
        title, first = before, first - 1
    return Naming(passage_id, first, last, tuple(words), title)


def _listed(tokens: Sequence[Token]) -> list[str]:
    """Return the names that are all there is between the brackets, or none."""
    names: list[list[str]] = [[]]
    for token in tokens:
        if token.text.lower() in _JOINERS:
            names.append([])
        elif token.text[:1].isupper() or token.pos == "PROPN":
            names[-1].append(token.text)
        else:
            return []
    return [" ".join(words) for words in names if words]


def _joined_before(tokens: Sequence[Token], here: Sequence[Naming], end: int) -> list[Naming]:
    """Return the names that end right before token `end`, joined by "and" or commas."""
    joined: list[Naming] = []
    for naming in reversed([n for n in here if n.last < end]):
        between = {tokens[r].text for r in range(naming.last + 1, end)}
        if not between <= (_JOINERS if joined else set()):
            break
        joined.insert(0, naming)
        end = naming.first
    return joined
