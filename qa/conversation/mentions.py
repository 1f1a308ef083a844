"""Whom and what a text speaks of: names of the cast, other names, and noun phrases, by rule.

No model reads the text: a noun phrase is a determiner or a possessor with the words up to the next
function word or verb, and its head noun tells whether it is a person, and whether he or she.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.cast import Cast
from qa.conversation.inflection import is_inflected
from qa.conversation.noun_phrases import POSSESSIVE, WORD, key_of, phrases
from qa.conversation.nouns import noun

__all__ = ["Mention", "Names", "mentions_in", "unmistakable"]

_CAPITAL = r"(?:[^\W\d_a-zß-öø-ÿ][\w]*(?:[-.'’&][\w]+)*\.?)"
_RUN = re.compile(
    rf"(?<![\w'’]){_CAPITAL}(?:(?:\s(?:of the|of|the|de|van|von|&|for the|in the))?\s{_CAPITAL})*"
)
_OPENERS = frozenset(
    "The A An In On At Of To For From By With After Before When While Where What Who Whom Whose "
    "Which Why How Because Since As If But And So Or Yes No Not Then There Here He She It They We "
    "You I His Her Their Its My Our Your This That These Those Did Do Does Is Are Was Were Has "
    "Have Had Can Could Will Would Should May Might Must Am Also Although Though However During "
    "Despite Another One Two Three Some Many Most All Both Each Every Once Until Upon Over Under "
    "Into Out Now Later Soon Next First Last Finally Besides Other Any Name Tell Among Through "
    "Within Without According Even Only Just Like Still Nobody Nothing Everyone Everything "
    "Someone Please Hello Ok Okay Well Mr Mrs Ms Dr January February March April May June July "
    "August September October November December Monday Tuesday Wednesday Thursday Friday Saturday "
    "Sunday".split()
)
_AFTER_NAMES = frozenset("is was has had does did would could will can then also never".split())
_QUOTED = re.compile(r"[“\"]([^”\"]{2,60})[”\"]")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a text speaks of somebody or something.

    Attributes:
        start: offset in the text.
        end: end-exclusive offset; the "'s" of a possessor is left out.
        name: what stands for it in another sentence.
        key: the same for all mentions of one person or thing.
        person: whether it is a person; None where that is open.
        gender: "m", "f", or "" where it is open.
        plural: whether it is more than one, or a group.
        owner: whether it only says whose: "Anna" in "Anna's boat".
        phrase: whether it is a noun phrase rather than a name.
    """

    start: int
    end: int
    name: str
    key: str
    person: bool | None = None
    gender: str = ""
    plural: bool = False
    owner: bool = False
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a story's characters, ready to be looked for.

    Attributes:
        pattern: matches any alias, the longest first; None for a cast of nobody.
        meant: (full name, gender) of each alias in lower case.
        spelt: the alias as the story spells it, by its lower case.
        counts: how often the story names each, by full name in lower case.
    """

    pattern: re.Pattern[str] | None
    meant: dict[str, tuple[str, str]]
    spelt: dict[str, str]
    counts: dict[str, int]

    def only(self, gender: str) -> Mention | None:
        """Return the only one of the cast whom the story shows to be of that gender, if so."""
        found = {full for full, sex in self.meant.values() if sex == gender}
        if len(found) != 1:
            return None
        full = found.pop()
        return Mention(0, 0, full, full.lower(), True, gender)

    @classmethod
    def of(cls, cast: Cast) -> Names:
        """Collect the names of `cast`."""
        meant: dict[str, tuple[str, str]] = {}
        spelt: dict[str, str] = {}
        for character in cast.characters:
            for alias in (character.name, *character.aliases):
                meant.setdefault(alias.lower(), (character.name, character.gender))
                spelt.setdefault(alias.lower(), alias)
        counts = {character.name.lower(): 0 for character in cast.characters}
        for mention in cast.mentions:
            counts[cast.characters[mention.character].name.lower()] += 1
        longest = sorted(meant, key=lambda alias: (-len(alias), alias))
        either = "|".join(re.escape(alias) for alias in longest)
        pattern = re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.I) if longest else None
        return cls(pattern, meant, spelt, counts)


def mentions_in(text: str, names: Names, known: Sequence[Mention] = ()) -> list[Mention]:
    """Return what `text` speaks of, in the order of the text.

    Args:
        text: a question or an answer.
        names: the cast's.
        known: what was spoken of before: a part of a name that was given in full means the same.
    """
    found = list(_cast_names(text, names))
    for mention in _other_names(text, known):
        if not any(_overlap(mention, other) for other in found):
            found.append(mention)
    named = {m.end: m for m in found}
    for start, end in phrases(text, [(m.start, m.end) for m in found]):
        phrase = _phrase(text, start, end)
        if phrase is None:
            continue
        name = named.get(phrase.end)
        if name and re.fullmatch(r"(?i)the ", text[phrase.start : name.start]):
            found.remove(name)  # "the Cardinals"
            many = name.plural or name.name.endswith("s")
            full = name.name if name.name[:4].lower() == "the " else f"the {name.name}"
            found.append(replace(name, start=phrase.start, name=full, plural=many))
        else:
            found.append(phrase)
    return _joined(text, sorted(found, key=lambda m: (m.start, -m.end)))


def unmistakable(text: str, names: Names) -> frozenset[str]:
    """Return the keys of the persons in `text` whom a pronoun beside it can only mean.

    Those are all with whom no other person there agrees in gender, as far as genders are known.
    """
    people = [m for m in mentions_in(text, names) if m.person and not m.plural]
    return frozenset(
        one.key
        for one in people
        if all(
            o.key == one.key or (o.gender and one.gender and o.gender != one.gender) for o in people
        )
    )


def _cast_names(text: str, names: Names) -> Iterator[Mention]:
    if names.pattern is None:
        return
    lower = text == text.lower()
    for found in names.pattern.finditer(text):
        said = found.group()
        if said.islower() and not lower and not said[:1].isdigit():
            continue  # "hope" is Hope only where nothing has a capital
        full, gender = names.meant[said.lower()]
        if lower:
            said = names.spelt[said.lower()]
        yield Mention(
            found.start(), found.end(), said, full.lower(), True, gender,
            owner=_owns(text, found.end()),
        )  # fmt: skip


def _other_names(text: str, known: Sequence[Mention]) -> Iterator[Mention]:
    """Yield runs of capitalised words, and what stands in quotation marks."""
    for found in _QUOTED.finditer(text):
        yield Mention(found.start(), found.end(), found.group(), found[1].lower(), False)
    for found in _RUN.finditer(text):
        start, end = found.span()
        first = found.group().split()[0]
        opens = not re.search(r"[\w,;:(]\s*$", text[:start])
        if (opens and first in _OPENERS) or first in {"I", "I'm", "I've"}:
            start += len(first) + 1
        if start >= end:
            continue
        said = text[start:end]
        if owner := POSSESSIVE.search(said):
            end -= len(owner.group())
        said = text[start:end].rstrip(".")
        end = start + len(said)
        if len(said) < 2 or said in _OPENERS or (said.split()[0] in {"The"} and " " not in said):
            continue
        whole = _in_full(said, known)
        if opens and whole is None and " " not in said and end < len(text) and start == 0:
            # A capital at the beginning makes a name only where what follows could not be else.
            following = re.match(r"['’]s|,? and (?:the )?[A-Z]|,? \(|,? (?:\w+) ", text[end:])
            word = following.group().strip(" ,") if following else ""
            named = not word.islower() or is_inflected(word) or word in _AFTER_NAMES
            if following is None or not named or re.search(r"(?:ing|ed|ly)$", said):
                continue
        # "The Long Way", "Ann's Garden": no person
        person = False if re.search(r"['’]s |^The ", said) else None
        base = whole or Mention(0, 0, said, said.lower(), person, plural=_is_many(said))
        yield replace(base, start=start, end=end, owner=_owns(text, end))


def _in_full(said: str, known: Sequence[Mention]) -> Mention | None:
    """Return the earlier name that `said` is, or is a part of."""
    words = set(said.lower().split())
    for mention in known:
        if not mention.phrase and words <= set(re.findall(r"[\w'’.-]+", mention.name.lower())):
            return mention
    return None


def _phrase(text: str, start: int, end: int) -> Mention | None:
    said = text[start:end]
    words = [w.lower() for w in WORD.findall(re.split(r"(?i)\bof\b(?! the time)", said)[0])]
    if re.match(r"(?i)one of ", said):
        words = [w.lower() for w in WORD.findall(said)]
    about = noun(words[-1] if words else "")
    if about.vague:
        return None
    first = words[0] if words else ""
    many = about.plural or first in {"two", "three", "both", "these", "those"}
    if first == "one":
        many = False
    name = re.sub(r"(?i)^an? ", "the ", said)
    name = name[:1].lower() + name[1:] if first in {"the", "a", "an"} else name
    return Mention(
        start, end, name, key_of(said), about.person, about.gender, many,
        owner=_owns(text, end), phrase=True,
    )  # fmt: skip


def _joined(text: str, found: list[Mention]) -> list[Mention]:
    """Add "A and B" where two mentions stand so, before its parts; "A and her B" is "A's B"."""
    result: list[Mention] = []
    for n, mention in enumerate(found):
        result.append(mention)
        for other in found[n + 1 :]:
            if not re.fullmatch(r",? (?:and|&) ", text[mention.end : other.start]):
                continue
            said = re.match(r"(?i)(?:his|her|their|its) ", text[other.start : other.end])
            second = other
            if said and mention.person is not False:
                owned = f"{mention.name}'s {text[other.start + said.end() : other.end]}"
                second = replace(other, name=owned, key=key_of(owned))
            person = None if None in {mention.person, other.person} else mention.person
            both = Mention(
                mention.start, other.end, text[mention.start : other.end],
                f"{mention.key} & {second.key}", person, plural=True,
                owner=other.owner, phrase=mention.phrase,
            )  # fmt: skip
            result.append(both)
            found[found.index(other)] = second
            break
    return sorted(result, key=lambda m: (m.start, -m.end))


def _owns(text: str, end: int) -> bool:
    return bool(re.match(r"['’](?:s\b|\s)", text[end : end + 3]))


def _is_many(name: str) -> bool:
    first, *_, last = [*name.split(), name.split()[-1]]
    return first in {"The", "the"} and last.endswith("s") and " " in name


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end
