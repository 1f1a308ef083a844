"""Names: one entity label per name, the same throughout a story.

The small English model labels each mention by itself, and misses names that it has not seen, or
calls one person an organisation here and a product there. A story is consistent, so the mentions
vote: what the model said, and how the sentence uses the name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from index.binding import SUBJECTS
from index.records import Token

__all__ = ["is_name", "label_names", "name_runs"]

_PLACE_PREPOSITIONS = frozenset({"in", "at", "near", "into", "toward", "towards"})
_PLACE_NOUNS = frozenset(
    "village town city kingdom land island port state county district valley country isle "
    "hamlet".split()
)
_PLACES = frozenset({"GPE", "LOC", "FAC"})
_NOT_NAMES = frozenset({"DATE", "TIME", "CARDINAL", "ORDINAL", "MONEY", "PERCENT", "QUANTITY"})
_SUFFIXES = frozenset({"Jr.", "Jr", "Sr.", "Sr", "II", "III", "IV"})
_INSIDE = re.compile(r"[\w,(]$")  # what ends so does not open a sentence or a quotation
_CAPITALISED = re.compile(r"^[^\W\d_][\w.'’-]*$")


def is_name(token: Token) -> bool:
    """Tell whether the token is part of a labelled name of a person, place, group or thing."""
    labelled = bool(token.ent) and token.ent not in _NOT_NAMES and token.pos == "PROPN"
    return labelled and any(c.isalnum() for c in token.text)


def name_runs(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield (first, last + 1) of each run of tokens that is one name."""
    return _stretches([is_name(token) for token in tokens])


def label_names(parses: Sequence[Sequence[Token]]) -> list[list[Token]]:
    """Return `parses` with every name a PROPN that carries the label its mentions voted for."""
    names = _vocabulary(parses)
    votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for tokens in parses:
        for start, end in _runs(tokens, names):
            for n in range(start, end):
                for label, weight in _evidence(tokens, n, 1 / (end - start)):
                    for word in tokens[start:end]:  # what speaks for a part speaks for the whole
                        votes[word.text][label] += weight
    labels = {name: _winner(votes[name]) for name in names}
    result = []
    for tokens in parses:
        mended, heading = [], _is_heading(tokens)
        for n, token in enumerate(tokens):
            follows = n > 0 and tokens[n - 1].text in labels and token.text in _SUFFIXES
            if follows:
                token = replace(token, pos="PROPN", ent=labels[tokens[n - 1].text])
            elif token.text in labels:
                token = replace(token, pos="PROPN", ent=labels[token.text])
            elif token.ent and token.ent not in _NOT_NAMES and (heading or token.pos != "PROPN"):
                token = replace(token, ent="")
            mended.append(token)
        result.append(_one_label_a_run(mended))
    return result


def _runs(tokens: Sequence[Token], names: set[str]) -> Iterator[tuple[int, int]]:
    return _stretches([token.text in names for token in tokens])


def _stretches(marks: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield (first, last + 1) of each unbroken stretch of true marks."""
    for mark, rows in groupby(range(len(marks)), key=marks.__getitem__):
        if mark:
            stretch = list(rows)
            yield stretch[0], stretch[-1] + 1


def _vocabulary(parses: Sequence[Sequence[Token]]) -> set[str]:
    """Collect the words used as names: capitalised where no sentence or quotation begins."""
    names: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    for tokens in parses:
        for n, token in enumerate(() if _is_heading(tokens) else tokens):
            if not _CAPITALISED.match(token.text):
                continue
            if token.text[0].islower():
                lower[token.text.casefold()] += 1
            elif token.ent not in _NOT_NAMES and token.pos not in {"PRON", "INTJ"}:
                opens = n == 0 or not _INSIDE.search(tokens[n - 1].text)
                names[token.text] += bool(token.pos == "PROPN" and token.ent) if opens else 2
    return {
        name
        for name, count in names.items()
        if count > lower[name.casefold()] and count > 0 and name not in _SUFFIXES
    }


def _is_heading(tokens: Sequence[Token]) -> bool:
    """Tell whether it is a line like "The Smith of Ardle", where a capital makes no name."""
    if not tokens or tokens[-1].pos == "PUNCT" or any(t.pos in {"VERB", "AUX"} for t in tokens):
        return False
    words = [t.text for t in tokens if len(t.text) > 3 and t.text.isalpha()]
    return bool(words) and all(word[0].isupper() for word in words)


def _evidence(tokens: Sequence[Token], n: int, share: float) -> Iterator[tuple[str, float]]:
    """Yield (label, weight) for the name at row `n`: the model's label, and the syntax.

    `share` is the word's part of its name: the model's label for a name counts once.
    """
    token = tokens[n]
    if token.ent in _PLACES:
        yield "GPE", share
    elif token.ent:
        yield ("PERSON", share) if token.ent == "PERSON" else (token.ent, share / 4)
    if any(
        t.dep == "relcl" and t.head == n and _is_who(tokens, row) for row, t in enumerate(tokens)
    ):
        yield "PERSON", 3.0
    head = tokens[token.head]
    if token.dep in SUBJECTS and head.pos == "VERB":
        yield "PERSON", 1.0
    if token.dep == "pobj" and head.lemma in _PLACE_PREPOSITIONS:
        yield "GPE", 1.5
    if token.dep == "pobj" and head.lemma == "of" and tokens[head.head].lemma in _PLACE_NOUNS:
        yield "GPE", 3.0
    if token.dep == "poss" or (n + 1 < len(tokens) and tokens[n + 1].text == "("):
        yield "PERSON", 0.5


def _is_who(tokens: Sequence[Token], verb: int) -> bool:
    """Tell whether the relative clause of `verb` begins with "who" or "whom"."""
    return any(t.head == verb and t.lemma in {"who", "whom"} for t in tokens)


def _winner(votes: Mapping[str, float]) -> str:
    return max(votes, key=lambda label: (votes[label], label == "PERSON")) if votes else "PERSON"


def _one_label_a_run(tokens: list[Token]) -> list[Token]:
    """Give every word of a run of name words the label of its last: the family or given name."""
    for start, end in list(name_runs(tokens)):
        label = (
            "PERSON" if any(t.ent == "PERSON" for t in tokens[start:end]) else tokens[end - 1].ent
        )
        tokens[start:end] = [replace(t, ent=label) for t in tokens[start:end]]
    return tokens
