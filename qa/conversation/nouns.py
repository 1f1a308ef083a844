"""What a noun alone tells of whom it means: a person or not, he or she, one or many."""

from __future__ import annotations

from dataclasses import dataclass

from index.gender import FEMALE_NOUNS, MALE_NOUNS

__all__ = ["Noun", "noun"]

_EITHER = frozenset(
    "accomplice ally actor agent apprentice artist assassin assistant baby bandit baker banker "
    "bishop boss builder butler captain chief child clerk colleague companion constable cook "
    "cousin customer dealer detective dentist doctor driver employee employer enemy enforcer "
    "farmer fiddler follower friend gangster gardener ghost guard guest guide helper hero heir "
    "hunter inspector journalist judge keeper kid killer lawyer leader lover maker manager mayor "
    "member merchant messenger miller minister miner mobster murderer musician neighbour neighbor "
    "nurse officer orphan owner painter parent paramour partner pastor patient person physician "
    "pilot player poet president prisoner professor pupil rival robber ruler sailor servant "
    "shepherd sheriff sibling singer smith smuggler soldier somebody someone stranger student "
    "surgeon tailor teacher thief traitor traveller twin vicar victim villager visitor witness "
    "worker writer youth".split()
)
_MANY = frozenset({"people", "police", "both", "two", "three", "others"})
_GROUPS = frozenset(
    "band team group family company gang crew couple pair council army party club crowd".split()
)
_VAGUE = frozenset(
    "time times year years day days night week month season period moment article page way reason "
    "result relation similarity end beginning start lot kind sort part number case fact same name "
    "first second third rest most age bit".split()
)


@dataclass(frozen=True, slots=True)
class Noun:
    """Whether a noun means persons, of which gender ("m", "f", "" for either), and how many.

    `vague` nouns ("time", "way") are not what an "it" stands for.
    """

    person: bool
    gender: str
    plural: bool
    vague: bool = False


def noun(word: str) -> Noun:
    """Return what `word`, the head of a noun phrase, tells."""
    lowered = word.lower()
    known = MALE_NOUNS | FEMALE_NOUNS | _EITHER
    if lowered in _MANY | _GROUPS:
        return Noun(lowered not in {"two", "three", "both", "others"}, "", True)
    single = lowered if lowered in known else _singular(lowered)
    gender = "m" if single in MALE_NOUNS else "f" if single in FEMALE_NOUNS else ""
    plural = single != lowered
    if lowered in known:
        plural = False
    return Noun(single in known, "" if plural else gender, plural, single in _VAGUE)


def _singular(word: str) -> str:
    if word.endswith("men"):
        return word[:-3] + "man"
    if word == "children":
        return "child"
    for plural, single in (("wives", "wife"), ("thieves", "thief")):
        if word.endswith(plural):
            return word[: -len(plural)] + single
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
