"""What the words around a name tell of a person's gender, and whether it is one or several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from index.binding import SUBJECTS
from index.people import TITLES, Naming, folded
from index.records import Token

__all__ = [
    "FEMALE",
    "FEMALE_NOUNS",
    "MALE",
    "MALE_NOUNS",
    "Gender",
    "gender_votes",
    "number_votes",
    "taken_up",
]

Gender = str
"""`"m"`, `"f"`, or `""` where the text does not tell."""

MALE_NOUNS = frozenset(
    "man boy son brother father dad uncle nephew grandfather grandson husband king prince lord sir "
    "duke baron count emperor mister gentleman lad fellow godfather monk priest groom bridegroom "
    "widower wizard waiter landlord knight bachelor stepfather stepson boyfriend godson henchman "
    "fisherman watchman policeman master".split()
)
FEMALE_NOUNS = frozenset(
    "woman girl daughter sister mother mum mom aunt niece grandmother granddaughter wife queen "
    "princess lady madam duchess baroness countess empress miss mistress maid maiden nun bride "
    "widow witch enchantress waitress actress landlady girlfriend heroine stepmother stepdaughter "
    "goddaughter spinster".split()
)
MALE = MALE_NOUNS | frozenset("men mr. mr actor boss hero he him his".split())
FEMALE = FEMALE_NOUNS | frozenset("women mrs. mrs ms. ms she her hers".split())
_SINGULAR = frozenset({"is", "was", "has", "’s", "'s"})
_PLURAL = frozenset({"are", "were", "have"})
_STRONG = 3


def gender_votes(tokens: Sequence[Token], naming: Naming) -> Counter[Gender]:
    """Return how strongly the words about one mention speak for each gender."""
    votes = Counter[Gender]()
    if naming.gender:
        votes[naming.gender] += _STRONG
    for word, weight in _telling(tokens, naming.first, naming.last):
        if word in MALE:
            votes["m"] += weight
        elif word in FEMALE:
            votes["f"] += weight
    return votes


def taken_up(parses: Sequence[Sequence[Token]], naming: Naming) -> Counter[Gender]:
    """Return the genders of the first subject pronoun behind a name that is a subject.

    It is looked for in the sentence of the name and as the first word of the next. One alone may
    mean anybody; the mentions of a name together show whom it stands for.
    """
    tokens = parses[naming.passage_id]
    votes = Counter[Gender]()
    if tokens[naming.last].dep not in SUBJECTS:
        return votes
    after = parses[naming.passage_id + 1 : naming.passage_id + 2]
    for token in [*tokens[naming.last + 1 :], *(t for ts in after for t in ts[:1])]:
        gender = {"he": "m", "she": "f"}.get(token.text.lower(), "")
        if gender:
            votes[gender] += 1
        if gender or token.ent == "PERSON":
            break
    return votes


def number_votes(tokens: Sequence[Token], naming: Naming) -> Counter[str]:
    """Return what one mention shows of the number: `"sg"` or `"pl"`, by its form and its verb."""
    votes = Counter[str]()
    head = tokens[naming.last]
    if head.tag == "NNPS":
        votes["pl"] += 1
    alone = not any(t.dep in {"conj", "cc"} and tokens[t.head] == head for t in tokens)
    if head.dep in SUBJECTS and alone:
        verb = tokens[head.head]
        helping = [t for t in tokens if t.dep in {"aux", "auxpass"} and tokens[t.head] == verb]
        words = {t.text.lower() for t in (verb, *helping)}
        if words & _SINGULAR or verb.tag == "VBZ":
            votes["sg"] += 1
        elif words & _PLURAL or (verb.tag == "VBP" and not helping):
            votes["pl"] += 1
    return votes


def _telling(tokens: Sequence[Token], first: int, last: int) -> Iterator[tuple[str, int]]:
    """Yield (word, weight) that may tell the gender: title, apposition, "is a …", "her own …"."""
    before = tokens[first - 1] if first > 0 else None
    if before and before.pos in {"NOUN", "PROPN", "ADJ"} and folded(before.text) not in TITLES:
        yield before.text.lower(), _STRONG
    for word in tokens[first : last + 1]:
        # "the Sea-King" is a king.
        yield word.text.lower().rpartition("-")[2], _STRONG
    head = tokens[last]
    for n, token in enumerate(tokens):
        if token.dep == "appos" and tokens[token.head] == head:
            yield token.lemma, _STRONG
        if head.dep == "appos" and tokens[head.head] == token:
            yield token.lemma, _STRONG
        if token.dep == "attr" and head.dep == "nsubj" and token.head == head.head:
            yield token.lemma, _STRONG
        owned = token.dep == "poss" and head.dep == "nsubj" and n > last
        if owned and tokens[token.head].head == head.head:
            # "Anna sold her house": a possessive below the verb is most often the subject's.
            yield token.text.lower(), 1
