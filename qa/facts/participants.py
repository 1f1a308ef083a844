"""Who takes part in what: characters by name or role, and things by their noun."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from index.cast import Cast
from index.lexical import stem
from index.records import Token
from qa.facts.factuality import antecedent
from qa.facts.introductions import NAMED, named_so, nouns_for, owning, plain_statement
from qa.facts.participant import OPEN, Participant, same
from qa.syntax import Tree

__all__ = ["OPEN", "Known", "Participant", "same"]

_NOBODY = frozenset("nobody none nothing neither noone".split())
_DEFINITE = frozenset("the this that his her their its our my your".split())
_EMPTY = _DEFINITE | {"a", "an", "of", "'s", "’s"}
_JOINED = frozenset({"compound", "flat", "amod", "nummod"})


class Known:
    """What a story calls its characters: their names, and the roles that it gives them."""

    def __init__(self, cast: Cast, parses: Sequence[Sequence[Token]]) -> None:
        self.cast = cast
        self._parses = parses
        self._numbers = {c.name: n for n, c in enumerate(cast.characters)}
        self._named = {
            (m.passage_id, row): m.character
            for m in cast.mentions
            for row in range(m.first, m.last + 1)
        }
        self.introductions: list[tuple[int, int, int, int]] = []
        """(passage_id, character, row of the name, row of the role) of "Alban Crisp, the vicar"."""
        self._lemmas = {
            t.text.lower(): t.lemma
            for ts in parses
            for t in ts
            if t.pos == "NOUN" and t.lemma != t.text.lower()
        }
        self._known_as: dict[str, str] = {}
        self._roles = self._described(parses)
        self._aliases = self._spelt()

    def at(self, passage_id: int, row: int, tree: Tree) -> Participant:
        """Return the participant that the noun or pronoun at `row` of a passage heads."""
        return replace(self._at(passage_id, row, tree), row=row)

    def _at(self, passage_id: int, row: int, tree: Tree) -> Participant:
        token = tree.tokens[row]
        number = self._numbered(passage_id, row, token)
        if number is not None:
            return Participant(frozenset({number}))
        lowered = token.text.lower()
        stood_for = antecedent(tree, row)
        if stood_for is not None:
            return self._at(passage_id, stood_for, tree)
        if lowered in _NOBODY or any(tree.tokens[n].text == "no" for n in tree.children(row)):
            head = "" if lowered in _NOBODY else stem(token.lemma)
            return Participant(head=head, nobody=True)
        if token.pos not in {"NOUN", "PROPN", "NUM", "ADJ"}:
            return Participant(pronoun=lowered)
        found = self.noun(passage_id, row, tree)
        beside = next((n for n in self._beside(passage_id, row, tree)), None)
        if beside is not None:
            return replace(found, characters=frozenset({beside}), apart=False)
        return found

    def meant(self, passage_id: int, row: int, token: Token) -> frozenset[int]:
        """Return the character that a token names, or by its role, whatever its place is."""
        number = self._numbered(passage_id, row, token)
        if number is not None:
            return frozenset({number})
        return self._bearers(self._stem(token.text.lower(), token.lemma.lower()), frozenset())

    def named_before(self, passage_id: int, row: int) -> frozenset[int]:
        """Return the characters named in a passage before the token at `row`."""
        return frozenset(
            number for (place, n), number in self._named.items() if place == passage_id and n < row
        )

    def people(self, passage_id: int, tokens: Sequence[Token]) -> Iterator[int]:
        """Yield the characters that a passage speaks of, by name, pronoun or role."""
        tree = Tree(tokens)
        for row, token in enumerate(tokens):
            if token.pos in {"NOUN", "PROPN", "PRON"}:
                yield from self.at(passage_id, row, tree).characters

    def called(self, words: Sequence[str]) -> Participant:
        """Return the participant that the words of a question's noun phrase mean."""
        first, plain = self.alias_at(words, 0), [w.lower() for w in words]
        if first and first[0] == len(words):
            return Participant(frozenset({first[1]}))
        if plain and plain[0] in _NOBODY:
            return Participant(nobody=True)
        owners = frozenset(number for _, _, number in self.names_in(words))
        if "of" in plain[1:]:
            cut = plain.index("of")
            head, modifiers = plain[cut - 1], [*plain[: cut - 1], *plain[cut + 1 :]]
        elif plain:
            head, modifiers = plain[-1], plain[:-1]
        else:
            return OPEN
        last = next((n for a, b, n in self.names_in(words) if b == len(words)), None)
        if last is not None and "of" not in plain:  # "Constable Berg", "old Anna"
            return Participant(frozenset({last}))
        stems = {self._stem(w) for w in modifiers if w not in _EMPTY}
        role = self._stem(head)
        role = self._known_as.get(role, role)
        owner = plain[plain.index(sign) - 1] if (sign := _possessive(plain)) else ""
        whose = frozenset({self._stem(owner)} if owner else ())
        if owner and not owners:  # "the baker's daughter", where the baker is known by name
            owners = self._bearers(self._stem(owner), frozenset())
        roles = self._bearers(role, owners)
        return Participant(roles, role, frozenset(stems), owners, bool(owners), whose=whose)

    def bearer(self, role: str, owners: frozenset[int] = frozenset()) -> int | None:
        """Return the only character that has a role, None where none has it or several have.

        Args:
            role: its noun.
            owners: whose it must be, for the "brother" of Anna; may be anybody's if empty. Where
                the story does not tell whose it is, one of them is named where the role is given.
        """
        key = self._stem(role.lower())
        found = {
            number
            for number, whose in self._roles.get(key, {}).items()
            if number not in owners
            and (not owners or owners & (whose or self._beside_role(number, key)))
        }
        return next(iter(found)) if len(found) == 1 else None

    def _beside_role(self, character: int, role: str) -> frozenset[int]:
        """Return the characters that are named where one is given its role."""
        places = {
            passage_id
            for passage_id, number, _, row in self.introductions
            if number == character and self._stem(self._parses[passage_id][row].lemma) == role
        }
        return frozenset(n for (place, _), n in self._named.items() if place in places)

    def _stem(self, word: str, lemma: str = "") -> str:
        """Return the stem of a noun, the same for "goose" and a "geese" that was parsed amiss."""
        return stem(self._lemmas.get(word, lemma or word))

    def names_in(self, words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """Yield (first, last + 1, character) of the names among `words`, longest first."""
        place = 0
        while place < len(words):
            found = self.alias_at(words, place)
            if found:
                yield place, place + found[0], found[1]
            place += found[0] if found else 1

    def alias_at(self, words: Sequence[str], place: int) -> tuple[int, int] | None:
        """Return (number of words, character) of the longest name that begins at `place`."""
        for length in range(min(5, len(words) - place), 0, -1):
            key = tuple(w.lower() for w in words[place : place + length])
            number = self._aliases.get(key)
            if number is not None and not self._begins_another(words, place + length, number):
                return length, number
        return None

    def _begins_another(self, words: Sequence[str], place: int, number: int) -> bool:
        """Tell whether a name goes on otherwise: "Anna Meyer" is not Anna Berg."""
        word = words[place] if place < len(words) else ""
        own = self.cast.characters[number].name.split()
        return word[:1].isupper() and len(own) > 1 and (word.lower(),) not in self._aliases

    def _spelt(self) -> Mapping[tuple[str, ...], int]:
        """Return the character of each name, and of each single word that one character has."""
        spelt: dict[tuple[str, ...], int] = {}
        owners: dict[str, set[int]] = defaultdict(set)
        for number, character in enumerate(self.cast.characters):
            for alias in (character.name, *character.aliases):
                words = tuple(re.findall(r"[\w.-]+", alias.lower()))
                spelt.setdefault(words, number)
                for word in words:
                    owners[word].add(number)
        for word, numbers in owners.items():
            if len(numbers) == 1 and len(word) > 2 and word not in {"the", "and"}:
                spelt.setdefault((word,), *numbers)
        return spelt

    def _bearers(self, role: str, owners: frozenset[int]) -> frozenset[int]:
        """Return who has a role; "Anna's brother" is not the brother of Ben."""
        return frozenset(
            number
            for number, whose in self._roles.get(role, {}).items()
            if number not in owners and (not owners or not whose or owners & whose)
        )

    def _described(self, parses: Sequence[Sequence[Token]]) -> Mapping[str, dict[int, set[int]]]:
        """Return whom each role means, and whose it is: "the vicar, Alban Crisp"."""
        roles: dict[str, dict[int, set[int]]] = defaultdict(dict)
        for passage_id, tree in enumerate(map(Tree, parses)):
            tokens = tree.tokens
            for row, token in enumerate(tokens):
                number = self._numbered(passage_id, row, token)
                if number is None:
                    self._note_name(tree, row)
                    continue
                for other in nouns_for(tree, row):
                    if tokens[other].dep != "attr":
                        self.introductions.append((passage_id, number, row, other))
                    role = roles[stem(tokens[other].lemma.lower())].setdefault(number, set())
                    for n, token in enumerate(tokens):
                        if token.head == other and token.dep == "poss":
                            owner = self._numbered(passage_id, n, token)
                            role |= set() if owner is None else {owner}
        return roles

    def _note_name(self, tree: Tree, row: int) -> None:
        """Keep that "a dog called Rex" is the dog, where Rex is not one of the cast."""
        token = tree.tokens[row]
        for other in named_so(tree, row):
            if token.pos == "PROPN":
                self._known_as[stem(token.lemma.lower())] = stem(tree.tokens[other].lemma.lower())

    def _numbered(self, passage_id: int, row: int, token: Token) -> int | None:
        return self._named.get((passage_id, row), self._numbers.get(token.refers_to))

    def _beside(self, passage_id: int, row: int, tree: Tree) -> Iterator[int]:
        """Yield the character of a name beside it: "his wife, Hester", "a dog called Rex"."""
        for n in tree.children(row):
            if tree.tokens[n].dep == "acl" and tree.tokens[n].lemma in NAMED:
                yield from (
                    self._named[passage_id, m]
                    for m in tree.children(n)
                    if (passage_id, m) in self._named
                )
            if tree.tokens[n].dep == "appos" and (passage_id, n) in self._named:
                yield self._named[passage_id, n]
        token = tree.tokens[row]
        if token.dep == "appos" and (passage_id, token.head) in self._named:
            yield self._named[passage_id, token.head]
        if token.dep == "attr" and plain_statement(tree, token.head):
            for n in tree.children(token.head):
                number = self._numbered(passage_id, n, tree.tokens[n])
                if tree.tokens[n].dep == "nsubj" and number is not None:
                    yield number

    def noun(self, passage_id: int, row: int, tree: Tree) -> Participant:
        """Return what the noun at `row` is, whoever it may be."""
        token, modifiers, owners, related = tree.tokens[row], set[str](), set[int](), False
        below = tree.below(row, without=("relcl", "acl", "appos", "conj", "advcl"))
        for n in sorted(below - {row}):
            child = tree.tokens[n]
            number = self._numbered(passage_id, n, child)
            if number is not None:
                owners.add(number)
            if child.dep in {"poss", "pobj"} or child.pos == "NUM":
                related = True
            if child.dep in _JOINED or child.dep in {"poss", "pobj"}:
                modifiers.add(stem(child.lemma))
        words = {tree.tokens[n].text.lower() for n in tree.children(row)}
        definite = bool(words & _DEFINITE or owners) and token.tag == "NN"
        role = self._stem(token.text.lower(), token.lemma.lower())
        role = self._known_as.get(role, role)
        roles = self._bearers(role, frozenset(owners)) if definite else frozenset()
        whose = frozenset(self._stem(tree.tokens[n].text.lower()) for n in owning(tree, row))
        known = Participant(roles, role, frozenset(modifiers), frozenset(owners), whose=whose)
        if len(roles) == 1:
            return known
        apart = related or token.tag in {"NNS", "NNPS"}
        return replace(known, characters=frozenset(), apart=apart)


def _possessive(words: Sequence[str]) -> str:
    return next((w for n, w in enumerate(words) if n and w in {"'s", "’s"}), "")
