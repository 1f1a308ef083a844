"""The characters of a story: what each is called, what each is, and who plays it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from index.gender import Gender, gender_votes, number_votes, taken_up
from index.people import SUFFIXES, Naming, actors, folded, namings
from index.records import Token
from index.roles import roles

__all__ = ["Cast", "Character", "Mention", "find_cast"]

_MAX_ROLES = 6


@dataclass(frozen=True, slots=True)
class Character:
    """One character: the fullest name, every name used, the gender, and what else is told.

    `number` is `"sg"`, `"pl"` (a family, a band), or `""` where the text does not tell. `roles`
    are descriptions in the story's words, `actor` who plays it.
    """

    name: str
    aliases: tuple[str, ...]
    gender: Gender
    number: str = ""
    roles: tuple[str, ...] = ()
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text: tokens `first` to `last` (inclusive) of a passage."""

    passage_id: int
    first: int
    last: int
    character: int


@dataclass(frozen=True, slots=True)
class Cast:
    """The characters in the order of their first mention, and all mentions in story order."""

    characters: tuple[Character, ...]
    mentions: tuple[Mention, ...]

    def counts(self) -> list[int]:
        """Return how often each character is named."""
        found = Counter(mention.character for mention in self.mentions)
        return [found[n] for n in range(len(self.characters))]

    def named_rows(self) -> dict[tuple[int, int], int]:
        """Return the character that each token of a mention names, by (passage_id, row)."""
        return {
            (mention.passage_id, row): mention.character
            for mention in self.mentions
            for row in range(mention.first, mention.last + 1)
        }

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        mentions = [[m.passage_id, m.first, m.last, m.character] for m in self.mentions]
        return {"characters": [asdict(c) for c in self.characters], "mentions": mentions}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` returned; KeyError, TypeError or ValueError where it is amiss."""
        characters = tuple(
            Character(**{**c, "aliases": tuple(c["aliases"]), "roles": tuple(c["roles"])})
            for c in data["characters"]
        )
        return cls(characters, tuple(Mention(*row) for row in data["mentions"]))


def find_cast(parses: Sequence[Sequence[Token]]) -> Cast:
    """Group the person names of a story into characters.

    Spellings that differ in hyphens, spaces, accents or capitals are one name. A shorter name
    belongs to the one longer name that holds all its words ("Anna" to "Anna Berg"); where two
    longer names do, to the one named more often, unless its title tells another gender. A name in
    brackets right behind another is who plays it, and no character.
    """
    found = namings(parses)
    playing = list(actors(parses, found))
    off = {naming for brackets in playing for naming in brackets.inside}
    bare = [naming for naming in found if naming not in off]
    votes = {naming: gender_votes(parses[naming.passage_id], naming) for naming in bare}
    group = _groups(bare, votes, {naming: taken_up(parses, naming) for naming in bare})
    members: dict[_Name, list[Naming]] = defaultdict(list)  # in the order of first mention
    for naming in bare:
        members[group[_name(naming)]].append(naming)
    number = {name: n for n, name in enumerate(members)}
    pairs = [pair for brackets in reversed(playing) for pair in brackets.pairs]
    played = {group[_name(whom)]: actor for whom, actor in pairs if whom in votes}
    characters = tuple(
        _character(name, own, votes, parses, played.get(name)) for name, own in members.items()
    )
    mentions = tuple(Mention(n.passage_id, n.first, n.last, number[group[_name(n)]]) for n in bare)
    return Cast(characters, mentions)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as it is used: its words, and the gender of the title that goes with them."""

    words: tuple[str, ...]
    gender: Gender


def _name(naming: Naming) -> _Name:
    return _Name(naming.words, naming.gender)


def _groups(
    bare: Sequence[Naming],
    votes: Mapping[Naming, Counter[Gender]],
    pronouns: Mapping[Naming, Counter[Gender]],
) -> dict[_Name, _Name]:
    """Return the name of its character for each name."""
    counts = Counter(map(_name, bare))
    told: dict[_Name, Counter[Gender]] = defaultdict(Counter)
    taken: dict[_Name, Counter[Gender]] = defaultdict(Counter)
    for naming in bare:
        told[_name(naming)] += votes[naming]
        taken[_name(naming)] += pronouns[naming]
    first = {name: -place for place, name in reversed(list(enumerate(counts)))}
    near = _near(counts)
    owner = {}
    for name in counts:
        longer = [n for n in near[name] if _belongs(name, n, counts, first)]
        fitting = [
            n
            for n in longer
            if _fits(name.gender, told[n]) and not _is_other(name, n, near[n], taken)
        ]
        same = [n for n in fitting if name.gender and told[n][name.gender]]
        best = max(same or fitting, key=lambda n: (counts[n], first[n]), default=name)
        owner[name] = best
    for name in counts:
        while owner[owner[name]] != owner[name]:
            owner[name] = owner[owner[name]]
    return owner


def _near(names: Iterable[_Name]) -> dict[_Name, list[_Name]]:
    """Return for each name those that have a word of it, or its words run together."""
    having: dict[str, dict[_Name, None]] = defaultdict(dict)
    keys = {name: [folded(word) for word in name.words] for name in names}
    for name, words in keys.items():
        for run in _runs(words):
            having[run][name] = None
    return {
        name: list(dict.fromkeys(n for key in (*words, "".join(words)) for n in having[key]))
        for name, words in keys.items()
    }


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Yield each stretch of `words`, run together."""
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield "".join(words[start:end])


def _belongs(
    name: _Name, other: _Name, counts: Mapping[_Name, int], first: Mapping[_Name, int]
) -> bool:
    """Tell whether `name` may be short for `other`, or another spelling of it."""
    if name == other:
        return False
    short, long = [[folded(w) for w in n.words] for n in (name, other)]
    ends = short[-1] in SUFFIXES, long[-1] in SUFFIXES
    if ends == (True, False):  # "Osk Jr." is short for the only one of that name
        return short[0] == long[0] and len(long) >= len(short)
    if "".join(short) == "".join(long):
        # One name: its title-less form, or the more frequent spelling, stands for both.
        rank = [(not n.gender, counts[n], first[n]) for n in (name, other)]
        return rank[0] < rank[1]
    return len("".join(short)) < len("".join(long)) and _holds(long, short)


def _holds(long: Sequence[str], short: Sequence[str]) -> bool:
    """Tell whether all words of `short` are in `long`, or an initial, or run together there."""
    if "".join(short) in _runs(long):
        return True
    whole = [word for word in short if word in long]
    initials = [word for word in short if word not in long]
    return bool(whole) and all(
        len(word) == 1 and any(w.startswith(word) for w in long) for word in initials
    )


def _fits(gender: Gender, told: Counter[Gender]) -> bool:
    other = {"m": "f", "f": "m"}.get(gender, "")
    return not gender or told[gender] >= told[other]


def _is_other(
    name: _Name, long: _Name, near: Iterable[_Name], taken: Mapping[_Name, Counter[Gender]]
) -> bool:
    """Tell whether pronouns show that `long` is not of the gender of the title of `name`.

    "Mrs Quill" is not "Osk Quill" where "Osk" is mostly taken up by "he".
    """
    if set(name.words) >= set(long.words):
        return False
    other = {"m": "f", "f": "m"}.get(name.gender, "")
    own = [n for n in near if not n.gender and set(n.words) <= set(long.words) - set(name.words)]
    votes = sum((taken[n] for n in (long, *own)), Counter[Gender]())
    return bool(other) and votes[other] >= 2 and votes[other] > 2 * votes[name.gender]


def _character(
    name: _Name,
    own: Sequence[Naming],
    votes: Mapping[Naming, Counter[Gender]],
    parses: Sequence[Sequence[Token]],
    actor: str | None,
) -> Character:
    gender, number, described = Counter[Gender](), Counter[str](), dict[str, None]()
    for naming in own:
        tokens = parses[naming.passage_id]
        gender += votes[naming]
        number += number_votes(tokens, naming)
        described |= dict.fromkeys(roles(tokens, naming))
    best = _winner(gender)
    return Character(
        name=_shown(name, own),
        aliases=tuple(sorted({form for n in own for form in (" ".join(n.words), n.text)})),
        gender=best,
        number="sg" if best else _winner(number),
        roles=tuple(described)[:_MAX_ROLES],
        actor=actor,
    )


def _shown(name: _Name, own: Sequence[Naming]) -> str:
    """Return the name, with the title where that is how a single word is mostly used."""
    text = " ".join(name.words)
    if len(name.words) > 1 or any(len(n.words) > 1 for n in own):
        return text
    titles = Counter(n.title for n in own)
    title, count = titles.most_common(1)[0]
    return f"{title} {text}" if title and 2 * count >= len(own) else text


def _winner(votes: Counter[str]) -> str:
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return ""
    return ranked[0][0]
