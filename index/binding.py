"""Whom a pronoun cannot mean, or must, by its place in the sentence's tree.

The constraints of binding theory (Chomsky 1981) as far as a dependency tree shows them: a pronoun
is not the subject or another object of its own clause, nor anybody named below it, nor what its
own noun phrase names; a reflexive is the subject of its clause.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.records import Token

__all__ = [
    "SUBJECTS",
    "barred",
    "clause",
    "grammatical_role",
    "in_doubt",
    "is_predicate",
    "relative_head",
    "subject",
    "within",
]

SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_OBJECTS = frozenset({"dobj", "dative", "iobj"})
_OBJECTIVE = frozenset({"him", "her"})
_PLACES = frozenset(
    "about above across after against along around before behind below beneath beside between "
    "beyond by inside near on over past round through toward towards under upon with within "
    "without".split()
)
_CONTROLLED = frozenset({"xcomp", "ccomp"})
_IMPERSONAL = frozenset({"it", "this", "that", "who"})
_LOOSE = frozenset({"advcl", "acl", "pcomp", "relcl"})


def grammatical_role(tokens: Sequence[Token], row: int) -> str:
    """Return the dependency label of the noun phrase that the word at `row` belongs to.

    Joined noun phrases have that of the first of them; it is "agent" behind the "by" of a passive.
    """
    while tokens[row].dep in {"compound", "flat", "appos", "conj"}:
        above = tokens[tokens[row].head]
        subject = above.pos in {"NOUN", "PRON"} and above.dep in SUBJECTS
        if above.pos != "PROPN" and not subject and tokens[row].dep != "conj":
            break
        if tokens[row].dep == "conj" and above.pos not in {"PROPN", "NOUN", "PRON"}:
            break
        row = tokens[row].head
    token = tokens[row]
    if token.dep == "compound" and row < 2 and not any(t.dep in SUBJECTS for t in tokens):
        return "nsubj"  # a short sentence that the parser took for a noun phrase
    return "agent" if token.dep == "pobj" and tokens[token.head].dep == "agent" else token.dep


def clause(tokens: Sequence[Token], row: int) -> int:
    """Return the row of the verb that the word at `row` depends on, or -1."""
    while tokens[row].head != row:
        row = tokens[row].head
        if tokens[row].pos in {"VERB", "AUX"}:
            return row
    return -1


def subject(tokens: Sequence[Token], verb: int) -> tuple[int, bool]:
    """Return (row, sure) of the subject of a verb, (-1, True) where there is none.

    A verb without a subject of its own has that of the verb it is joined to, or, as a complement,
    that verb's object ("asked her to stay") or else its subject. What an adjunct's is ("leaving
    …", "by leaving …") is not sure.
    """
    sure = True
    for _ in range(len(tokens)):
        if verb < 0:
            break
        own = [
            n for n, t in enumerate(tokens) if t.head == verb and t.dep in SUBJECTS and n != verb
        ]
        if own:
            return own[0], sure
        dep, above = tokens[verb].dep, tokens[verb].head
        if dep in _CONTROLLED:
            told = [n for n, t in enumerate(tokens[:verb]) if t.head == above and t.dep in _OBJECTS]
            if told:
                return told[-1], sure
        elif dep == "acl" and tokens[verb].tag in {"VBG", "VBN"}:
            return above, sure  # "a letter offering …"
        elif dep in _LOOSE:
            sure = False
        elif dep != "conj":
            break
        verb = above if tokens[above].pos in {"VERB", "AUX"} else clause(tokens, above)
    return -1, True


def barred(tokens: Sequence[Token], row: int) -> set[int]:
    """Return the rows of words that the pronoun at `row` cannot mean the same as."""
    token, verb = tokens[row], clause(tokens, row)
    found = set(_joined(tokens, row))
    if token.dep == "poss":
        return found | _owned(tokens, row)
    if verb < 0:
        pass
    elif token.dep in SUBJECTS:
        if token.text.lower() in _OBJECTIVE and tokens[verb].dep in _CONTROLLED:
            found |= {subject(tokens, tokens[verb].head)[0]}  # "A let him sell it"
        found |= set(_below(tokens, verb, row, shared=True))
        if tokens[verb].dep == "relcl" and not _is_relative(tokens[row]):
            found.add(tokens[verb].head)  # "the man (whom) he saw"
    elif token.dep in _OBJECTS:
        found |= {n for n, t in enumerate(tokens) if t.head == verb and t.dep in _OBJECTS}
        found |= set(_below(tokens, verb, row, shared=False))
        found |= _sure_subject(tokens, verb)
    elif (
        token.dep == "pobj"
        and tokens[token.head].head == verb
        and (tokens[token.head].dep == "agent" or tokens[token.head].text.lower() not in _PLACES)
    ):
        # "He shut the door behind him": a place may be told from the subject itself.
        found |= _sure_subject(tokens, verb)
    return found - {row, -1}


def in_doubt(tokens: Sequence[Token], row: int) -> int:
    """Return the row of a subject that the pronoun may not mean, though it is not sure; or -1."""
    verb = clause(tokens, row)
    if verb < 0 or tokens[row].dep not in {*_OBJECTS, "pobj"}:
        return -1
    place, sure = subject(tokens, verb)
    return -1 if sure else place


def within(tokens: Sequence[Token], row: int, dep: str) -> bool:
    """Tell whether a word with the label `dep` stands between the word at `row` and its verb."""
    verb = clause(tokens, row)
    while row != verb and tokens[row].head != row:
        row = tokens[row].head
        if tokens[row].dep == dep:
            return True
    return False


def is_predicate(tokens: Sequence[Token], row: int) -> bool:
    """Tell whether the name only says what somebody is: "Osk was King"."""
    token = tokens[row]
    return token.dep == "attr" and any(
        t.head == token.head
        and t.dep in SUBJECTS
        and t.pos in {"PROPN", "PRON"}
        and t.text.lower() not in _IMPERSONAL
        for t in tokens
    )


def relative_head(tokens: Sequence[Token], row: int) -> int:
    """Return the row of the noun that the relative pronoun at `row` stands for, or -1."""
    place = row
    while tokens[place].head != place:
        if tokens[place].dep == "relcl":
            return tokens[place].head
        place = tokens[place].head
    return -1


def _is_relative(token: Token) -> bool:
    return token.tag in {"WP", "WDT"}


def _sure_subject(tokens: Sequence[Token], verb: int) -> set[int]:
    place, sure = subject(tokens, verb)
    return {place} if sure else set()


def _joined(tokens: Sequence[Token], row: int) -> Iterator[int]:
    """Yield the rows of what is joined to the pronoun by "and"."""
    if tokens[row].dep == "conj":
        yield tokens[row].head
    yield from (n for n, t in enumerate(tokens) if t.dep == "conj" and t.head == row)


def _owned(tokens: Sequence[Token], row: int) -> set[int]:
    """Return the rows that name what the possessive at `row` owns: "his son Osk is …"."""
    head = tokens[row].head
    found = {head} | {
        n
        for n, t in enumerate(tokens)
        if t.head == head and t.dep in {"appos", "compound"} and n != row
    }
    if tokens[head].dep == "appos":
        found.add(tokens[head].head)
    if tokens[head].dep == "attr" and tokens[tokens[head].head].lemma == "be":
        found.add(subject(tokens, tokens[head].head)[0])
    return found - {-1}


def _below(tokens: Sequence[Token], verb: int, row: int, shared: bool) -> Iterator[int]:
    """Yield the rows behind `row` that depend on `verb`, but for joined clauses.

    A verb joined to it that has no subject of its own stays in where `shared`.
    """
    for n in range(row + 1, len(tokens)):
        place = n
        while place != verb and tokens[place].head != place:
            if tokens[place].dep == "conj" and tokens[place].pos in {"VERB", "AUX"}:
                own = any(t.head == place and t.dep in SUBJECTS for t in tokens)
                if own or not shared:
                    break
            place = tokens[place].head
        if place == verb and n != verb:
            yield n
