"""Pronouns of a question: which lean on the turns before, and whom they mean.

In the line of Hobbs (1978) and Lappin and Leass (1994): gender and number rule candidates out, a
subject and an object of one verb are two people, and a pronoun whose name stands before it in the
question itself is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.conversation.discourse import Discourse, Entity
from qa.conversation.inflection import is_base, is_inflected
from qa.conversation.mentions import Mention

__all__ = ["Filled", "Pronoun", "fill", "pronouns_in"]

_FORMS = {
    **dict.fromkeys(("he", "him", "his", "himself"), "m"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "f"),
    **dict.fromkeys(("it", "its", "itself"), "n"),
    **dict.fromkeys(("they", "them", "their", "theirs", "themselves"), "p"),
}
_PRONOUN = re.compile(rf"\b(?:{'|'.join(_FORMS)})\b", re.IGNORECASE)
_SUBJECTS = frozenset({"he", "she", "they"})
_FEW = 0.45  # how near a second reading must come to the first to be offered
_PARALLEL = 1.35
_GROUPS = frozenset({"band", "group", "team", "members"})
_FRESH = 1.5  # what an answer has just given is what an "it" takes up
_EITHER = 0.85  # what a candidate counts that may be he or she
_OPEN = 0.55  # what a candidate counts whose kind is not known
_CLAUSE = re.compile(
    r"(?i)[,;]| (?:when|while|because|after|before|that|if|whether|who|whom|whose|where|why|how"
    r"|until|since|as) "
)
# "it" that stands for nothing.
_EMPTY_IT = re.compile(
    r"(?i)\bit (?:take|took|rain|snow|seem|turn|happen|true|possible|like\b|say|mention|matter"
    r"|that|about time)|\bwhat time\b|\bis it (?:true|possible)|\b(?:takes?|took) it for"
)
_NOT_OWNED = frozenset(
    "a an the to at in on of for from with by after before when while and or but as about into "
    "again yesterday today tomorrow now then there here away back home alone first last that why "
    "how what who if because so too not up down off out over through until during since either "
    "anyway instead this these some any his him their all both twice once more so".split()
)
_PUTTING = frozenset("make let see hear watch help have feel notice made lets saw heard".split())
_CAUSING = frozenset("have has had having get gets got want wants wanted see saw".split())
_CALLING = frozenset("call think consider find make drive leave keep".split())
_STATES = frozenset(
    "mad crazy happy sad angry afraid alone free ill sick dead alive rich poor proud jealous "
    "nervous guilty innocent beautiful".split()
)


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A personal pronoun at an offset of a question. `owns`: "her boat", but not "told her"."""

    start: int
    end: int
    form: str
    gender: str
    owns: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """A question with names in place of its pronouns.

    `names` are what was put in; `others` are other likely readings: (whom it then means, text).
    `sure` is the share of the reading chosen where there are others, between .5 and 1.
    """

    text: str
    names: tuple[Mention, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    sure: float = 1.0


def pronouns_in(text: str) -> list[Pronoun]:
    """Return the personal pronouns of `text` that may mean somebody or something."""
    found = []
    for match in _PRONOUN.finditer(text):
        form = match.group().lower()
        if form.endswith(("self", "selves")):
            continue
        if form == "it" and _EMPTY_IT.search(text, max(0, match.start() - 10)):
            continue
        owns = form in {"his", "hers", "its", "their", "theirs"} or (
            form == "her" and _owns(text, match.end())
        )
        found.append(Pronoun(match.start(), match.end(), form, _FORMS[form], owns))
    return found


def fill(text: str, discourse: Discourse) -> Filled:
    """Put names in place of the pronouns of `text` that lean on the turns before."""
    inside = discourse.mentions(text)
    entities = discourse.entities()
    chosen: list[tuple[Pronoun, Mention]] = []
    taken: dict[str, str] = {}  # the key that each gender's pronoun has been given
    rival: tuple[Pronoun, Mention] | None = None
    sure = 1.0
    for pronoun in pronouns_in(text):
        if _inside(text, pronoun, inside):
            continue
        banned = _banned(text, pronoun, inside, chosen)
        if pronoun.gender in taken and taken[pronoun.gender] not in banned:
            continue  # the name that was put in stands before it
        ranked = _ranked(pronoun, entities, banned, discourse)
        only = discourse.names.only(pronoun.gender)
        if not ranked and only and only.key not in banned:
            ranked = [(1.0, Entity(only))]
        if not ranked:
            continue
        if re.match(r" name\b", text[pronoun.end :]) and pronoun.gender in "mf":
            # Nobody asks for a name that has just been said.
            ranked.sort(key=lambda pair: not pair[1].mention.phrase)
        best = ranked[0][1]
        chosen.append((pronoun, best.mention))
        taken[pronoun.gender] = best.mention.key
        close = [
            (score, e)
            for score, e in ranked[1:]
            if score >= _FEW * ranked[0][0] and e.mention.key not in {m.key for m in inside}
        ]
        if close and rival is None and pronoun.gender in "mf":
            rival = pronoun, close[0][1].mention
            sure = max(0.5, ranked[0][0] / max(ranked[0][0] + close[0][0], 1e-9))
        discourse.learn(best.mention.key, pronoun.gender)
    filled = _put(text, chosen)
    others: tuple[tuple[str, str], ...] = ()
    if rival:
        other = [(p, rival[1] if p == rival[0] else m) for p, m in chosen]
        if len({m.key for _, m in other}) == len(other):
            others = ((rival[1].name, _put(text, other)),)
    return Filled(filled, tuple(m for _, m in chosen), others, sure if others else 1.0)


def _put(text: str, chosen: Sequence[tuple[Pronoun, Mention]]) -> str:
    for pronoun, mention in sorted(chosen, key=lambda pair: -pair[0].start):
        owning = "'" if mention.plural and mention.name.endswith("s") else "'s"
        name = mention.name + (owning if pronoun.owns else "")
        if pronoun.start == 0:
            name = name[:1].upper() + name[1:]
        text = text[: pronoun.start] + name + text[pronoun.end :]
    return text


def _owns(text: str, end: int) -> bool:
    """Tell whether the "her" that ends here owns what follows it."""
    following = re.match(r"\s+([\w'’-]+)", text[end:])
    if following is None:
        return False
    word = following[1].lower()
    if word in _NOT_OWNED or (word.endswith("ly") and word not in {"only", "family", "early"}):
        return False
    before = re.findall(r"[\w'’-]+", text[:end].lower())[-2:-1]
    last = not re.search(r"\w", text[end + following.end() :])
    if before and before[0] in _PUTTING and is_base(word):
        return False
    behind = re.match(r"\W*([\w'’-]*)", text[end + following.end() :])
    ends = last or (behind is not None and behind[1].lower() in _NOT_OWNED)
    if before and before[0] in _CAUSING and ends and is_inflected(word):
        return False
    return not (before and before[0] in _CALLING and last and word in _STATES)


def _inside(text: str, pronoun: Pronoun, inside: Sequence[Mention]) -> bool:
    """Tell whether the question itself names, before the pronoun, whom it can mean."""
    for mention in inside:
        if mention.end > pronoun.start or not _fits(pronoun, mention):
            continue
        if pronoun.gender == "n" and (mention.person is None or not mention.phrase):
            continue
        apart = _CLAUSE.search(text[mention.end : pronoun.start + 1])
        if pronoun.owns or apart:
            return True
    return False


def _banned(
    text: str,
    pronoun: Pronoun,
    inside: Sequence[Mention],
    chosen: Sequence[tuple[Pronoun, Mention]],
) -> set[str]:
    """Return the keys of those that the pronoun cannot mean: the others of its clause."""
    banned = set()
    for mention in inside:
        first, last = sorted(((mention.start, mention.end), (pronoun.start, pronoun.end)))
        if not _CLAUSE.search(text[first[1] : last[0] + 1]) and not mention.owner:
            banned.add(mention.key)
    if not pronoun.owns:
        for other, mention in chosen:
            apart = _CLAUSE.search(text[other.end : pronoun.start + 1])
            if not other.owns and not apart and other.form != pronoun.form:
                banned.add(mention.key)
    return banned


def _fits(pronoun: Pronoun, mention: Mention) -> bool:
    """Tell whether gender, number and kind allow the pronoun to mean the mention."""
    if pronoun.gender == "n":
        return mention.person is not True and not mention.gender
    if pronoun.gender == "p":
        return mention.plural or mention.person is None
    if mention.plural or mention.person is False:
        return False
    return mention.gender in {"", pronoun.gender}


def _ranked(
    pronoun: Pronoun, entities: Sequence[Entity], banned: set[str], discourse: Discourse
) -> list[tuple[float, Entity]]:
    ranked = []
    together = [e for e in entities if " & " in e.mention.key and e.roles]
    for entity in entities:
        mention = entity.mention
        if mention.key in banned or not _fits(pronoun, mention):
            continue
        known = discourse.spoken_of_as(mention.key)
        if known and known != pronoun.gender and "n" in {known, pronoun.gender}:
            continue
        if known in {"m", "f"} and pronoun.gender in {"m", "f"} and known != pronoun.gender:
            continue
        score = entity.weight
        topic = discourse.topic is not None and discourse.topic.key == mention.key
        if pronoun.gender in "mf" and not (mention.gender or known or topic):
            score *= _EITHER if mention.person else _OPEN
        if pronoun.gender == "p" and not mention.plural and known != "p":
            score *= _OPEN
        if pronoun.gender == "p" and mention.phrase and mention.name.split()[-1] in _GROUPS:
            score *= _OPEN  # most often another name for one that has been named
        if pronoun.gender == "p" and any(
            mention.key in other.mention.key.split(" & ") for other in together
        ):
            score *= _OPEN  # the two of them
        if pronoun.gender == "n" and topic and not known:
            score *= _OPEN  # an "it" seldom means all that is talked about
        elif pronoun.gender == "n" and "given" in entity.roles:
            score *= _FRESH
        subject = pronoun.form in _SUBJECTS
        if not pronoun.owns and ("subject" in entity.roles) == subject and entity.roles:
            score *= _PARALLEL
        ranked.append((score, entity))
    return sorted(ranked, key=lambda pair: -pair[0])
