"""What a story says a person is: "the miller", "his elder sister", by apposition or copula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.people import Naming
from index.records import Token

__all__ = ["roles"]

_BEFORE = frozenset({"det", "poss", "amod", "compound", "nummod", "nmod"})
_BEHIND = frozenset({"of", "from", "for", "to"})
_NAMED = frozenset({"name", "call", "nickname", "dub"})
# Heads that say nothing of a person, or are no person.
_EMPTY = frozenset(
    "one other man woman person people name day night time year way case part result example "
    "kind sort lot number story film home house fact reason thing place disorder disease".split()
)
_MAX_TOKENS = 12
_MAX_BEHIND = 6


def roles(tokens: Sequence[Token], naming: Naming) -> Iterator[str]:
    """Yield what the sentence says that the named person is, in the sentence's own words."""
    for row in _heads(tokens, naming):
        start, end = _phrase(tokens, row)
        if end - start > _MAX_TOKENS or any(naming.first <= r <= naming.last
                                            for r in range(start, end)):  # fmt: skip
            continue
        if end - start > 1:  # a bare noun is most often no description
            yield _text(tokens[start:end])


def _heads(tokens: Sequence[Token], naming: Naming) -> Iterator[int]:
    """Yield the rows of the nouns that describe the name."""
    last, head, found = naming.last, tokens[naming.last], list[int]()
    for row, token in enumerate(tokens):
        if naming.first <= row <= last or token.pos != "NOUN":
            continue
        apposed = (token.dep == "appos" and token.head == last) or (
            head.dep == "appos" and head.head == row
        )
        before = token.dep == "compound" and token.head == last and row + 1 == naming.first
        apposed = apposed and _beside(tokens, naming, row)
        if apposed or before or _is_named(tokens, row, last):
            found.append(row)
        elif token.dep == "attr" and head.dep == "nsubj" and token.head == head.head:
            below = [t for t in tokens if t.head == token.head]
            if tokens[token.head].lemma == "be" and all(t.dep != "neg" for t in below):
                found.append(row)
    joined = [n for n, t in enumerate(tokens) if t.dep == "conj" and t.head in found]
    yield from (n for n in [*found, *joined] if _describes(tokens, n, naming))


def _describes(tokens: Sequence[Token], row: int, naming: Naming) -> bool:
    """Tell whether the noun can describe one person, or several where the name is a plural."""
    token = tokens[row]
    following = tokens[row + 1].pos if row + 1 < len(tokens) else ""
    whole = following not in {"NOUN", "PROPN", "ADJ"} or row + 1 == naming.first
    plural = token.tag == "NNS" and tokens[naming.last].tag != "NNPS"
    return token.pos == "NOUN" and whole and not plural and token.lemma not in _EMPTY


def _beside(tokens: Sequence[Token], naming: Naming, row: int) -> bool:
    """Tell whether only punctuation and brackets stand between the name and the noun phrase."""
    start, end = _phrase(tokens, row)
    first, last = (end, naming.first) if end <= naming.first else (naming.last + 1, start)
    depth = 0
    for token in tokens[first:last]:
        depth += (token.text == "(") - (token.text == ")")
        if not depth and token.pos != "PUNCT" and token.text not in {")", "—", "-"}:
            return False
    return True


def _is_named(tokens: Sequence[Token], row: int, last: int) -> bool:
    """Tell whether it is "a smith named X", "a boy called X"."""
    verb = tokens[tokens[last].head]
    return (
        tokens[last].dep in {"oprd", "dobj", "attr"}
        and verb.lemma in _NAMED
        and verb.dep == "acl"
        and verb.head == row
    )


def _phrase(tokens: Sequence[Token], row: int) -> tuple[int, int]:
    """Return (first, last + 1) of the noun phrase of `row`: what stands before it, and "of …"."""
    start = row
    # What stands before "the baker" in "the baker X" belongs to X in the parse.
    heads = {row, tokens[row].head} if tokens[row].dep == "compound" else {row}
    for n in range(row - 1, -1, -1):
        described = any(_child(tokens, n, head) in _BEFORE for head in heads)
        if not described or tokens[n].text in {",", "(", ")"}:
            break
        start = n
    end = row + 1
    if end < len(tokens) and tokens[end].head == row and tokens[end].text in _BEHIND:
        last = end
        while last + 1 < len(tokens) and _below(tokens, last + 1, end):
            last += 1
            if tokens[last].dep == "relcl" or tokens[last].pos == "PUNCT":
                return start, row + 1
        if end < last <= end + _MAX_BEHIND:
            end = last + 1
    return start, end


def _child(tokens: Sequence[Token], row: int, head: int) -> str:
    """Return the dependency label of the child of `head` that `row` stands below, "" for none."""
    while tokens[row].head not in {row, head}:
        row = tokens[row].head
    return tokens[row].dep if tokens[row].head == head and row != head else ""


def _below(tokens: Sequence[Token], row: int, top: int) -> bool:
    while row != top and tokens[row].head != row:
        row = tokens[row].head
    return row == top


def _text(tokens: Sequence[Token]) -> str:
    """Return the tokens with one space where the story has white space."""
    parts = [tokens[0].text]
    for before, token in pairwise(tokens):
        parts += [" " if token.start > before.end else "", token.text]
    return "".join(parts)
