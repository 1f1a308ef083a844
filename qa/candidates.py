"""Phrases that could answer a type of question, from the parse of one passage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.names import name_runs
from qa.question import Question, QuestionType
from qa.syntax import VERBAL, Tree

__all__ = ["Candidate", "candidates"]

# A name in brackets behind another is who plays it, and answers only questions about players.
_PLAYERS = re.compile(r"\b(?:actor|actress|plays|played|portray\w*|performer)\b", re.IGNORECASE)
_REASONS = {"because": 1.0, "since": 0.7, "as": 0.5, "so": 0.6, "for": 0.4, "that": 0.2}
_REASON_PREPOSITIONS = frozenset({"because", "due", "for", "over", "from", "out", "by"})
_TIMES = frozenset({"when", "while", "as", "after", "before", "until", "once", "since"})
_TIME_WORDS = frozenset(
    "time day night morning evening noon midnight year week month hour minute spring summer "
    "autumn winter today lifetime century decade dawn dusk age while day later earlier".split()
)
_VAGUE_NUMBERS = frozenset("several many few multiple some dozen numerous brief once twice".split())
_PLACES = frozenset(
    "in at on to from into inside outside near under behind above below through across around "
    "beneath over towards toward onto off along beside between".split()
)
_OBJECTS = frozenset({"dobj", "pobj", "dative", "attr", "oprd"})
_CLAUSES = ("advcl", "relcl", "cc", "conj", "punct")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Tokens `first` to `last` (exclusive) of a passage.

    `anchor` is the row whose clause the candidate belongs to; `kind` says what the phrase is,
    `role` what it is to its verb ("subject", "agent", "object" or ""), and `fit`, from 0 to 1,
    how well the kind suits the type of the question.
    """

    first: int
    last: int
    anchor: int
    kind: str
    role: str
    fit: float


def candidates(question: Question, tree: Tree) -> Iterator[Candidate]:
    """Yield the phrases of a passage that could answer `question`."""
    match question.type:
        case QuestionType.WHO:
            yield from _people(question, tree)
        case QuestionType.WHO_IS:
            yield from _descriptions(question, tree)
            yield from _people(question, tree)
        case QuestionType.WHAT:
            yield from _things(question, tree)
            yield from _actions(tree)
            yield from _contents(tree)
        case QuestionType.WHICH:
            yield from _things(question, tree)
        case QuestionType.WHEN:
            yield from _times(tree)
        case QuestionType.WHERE:
            yield from _places(tree)
        case QuestionType.WHY:
            yield from _reasons(tree)
            yield from _clauses(tree)
        case QuestionType.HOW:
            yield from _manners(tree)
            yield from _clauses(tree)
        case QuestionType.HOW_MANY:
            yield from _numbers(question, tree)
        case QuestionType.YES_NO:
            yield from _clauses(tree)


def _noun_phrases(tree: Tree) -> Iterator[tuple[int, int, int]]:
    tokens = tree.tokens
    for row, token in enumerate(tokens):
        nominal = token.pos in {"NOUN", "PROPN", "PRON", "NUM"}
        asks_or_owns = token.tag in {"WP", "WDT", "WP$", "PRP$"}
        if nominal and not asks_or_owns and token.dep not in {"compound", "nummod"}:
            yield row, *tree.phrase(row, without=("relcl", "advcl", "appos", "cc", "conj", "acl"))


def _role(tree: Tree, row: int) -> str:
    tokens = tree.tokens
    dep = tokens[row].dep
    if dep == "conj":
        return _role(tree, tokens[row].head) if tokens[row].head != row else ""
    if dep == "pobj" and tokens[tokens[row].head].dep == "agent":
        return "agent"
    if dep == "nsubjpass" or dep in _OBJECTS:
        return "object"
    return "subject" if dep == "nsubj" else ""


def _people(question: Question, tree: Tree) -> Iterator[Candidate]:
    tokens = tree.tokens
    named = {n for a, b in name_runs(tokens) for n in range(a, b) if tokens[a].ent == "PERSON"}
    for row, first, last in _noun_phrases(tree):
        token = tokens[row]
        person = row in named or token.refers_to or token.lemma in {"who", "they", "he", "she"}
        fit = 0.5 if person else (0.25 if token.pos == "NOUN" else 0.0)
        if first > 1 and tokens[first - 1].text == "(" and tokens[first - 2].pos == "PROPN":
            played = tokens[first - 2].text.lower() in question.text.lower()
            fit = 1.5 * played if _PLAYERS.search(question.text) else -0.5
        elif question.type is QuestionType.WHO_IS:
            fit -= 0.4
        yield Candidate(first, last, token.head, "name", _role(tree, row), fit)
        for n in tree.children(row):
            if tokens[n].dep == "poss" and (n in named or tokens[n].refers_to):
                a, b = tree.phrase(n, without=("case",))
                yield Candidate(a, b, token.head, "name", "", 0.35)


def _descriptions(question: Question, tree: Tree) -> Iterator[Candidate]:
    tokens = tree.tokens
    asked = question.text.lower()
    for row, token in enumerate(tokens):
        head = tokens[token.head]
        first, last = tree.phrase(row, without=("punct",))
        if token.dep == "attr" and any(
            tokens[n].dep == "nsubj" and tokens[n].text.lower() in asked
            for n in tree.children(token.head)
        ):
            yield Candidate(first, last, token.head, "description", "", 1.0)
        if token.dep == "appos" and head.text.lower() in asked and token.pos == "NOUN":
            yield Candidate(first, last, token.head, "description", "", 1.0)
        elif token.dep == "appos" and token.text.lower() in asked and head.pos == "NOUN":
            a, b = tree.phrase(token.head, without=("appos", "punct"))
            yield Candidate(a, b, token.head, "description", "", 1.0)


def _things(question: Question, tree: Tree) -> Iterator[Candidate]:
    tokens = tree.tokens
    if _PLAYERS.search(question.text):
        yield from _people(question, tree)
    for row, first, last in _noun_phrases(tree):
        fit = 0.2 if tokens[row].pos == "PRON" else 0.45
        if question.focus and question.focus.rstrip("s") == tokens[row].lemma.rstrip("s"):
            fit += 0.6
        yield Candidate(first, last, tokens[row].head, "thing", _role(tree, row), fit)


def _actions(tree: Tree) -> Iterator[Candidate]:
    tokens = tree.tokens
    for row in range(len(tokens)):
        if tree.is_clause(row) and tokens[row].pos in VERBAL:
            first, last = tree.phrase(
                row, without=("advcl", "cc", "conj", "nsubj", "nsubjpass"), after=row
            )
            yield Candidate(first, last, row, "action", "", 0.4)


def _contents(tree: Tree) -> Iterator[Candidate]:
    tokens = tree.tokens
    for row, token in enumerate(tokens):
        if token.dep in {"ccomp", "xcomp"} and tokens[token.head].pos == "VERB":
            first, last = tree.phrase(row, without=("conj", "cc"))
            yield Candidate(first, last, token.head, "content", "object", 0.45)


def _times(tree: Tree) -> Iterator[Candidate]:
    tokens = tree.tokens
    for row, token in enumerate(tokens):
        below = tree.children(row)
        if token.dep == "advcl" and any(tokens[n].lemma in _TIMES for n in below):
            yield Candidate(*tree.phrase(row, without=("conj", "cc")), token.head, "time", "", 0.7)
        temporal = token.ent in {"DATE", "TIME"} or token.lemma in _TIME_WORDS
        if token.dep == "prep" and (
            token.lemma in _TIMES
            or any(
                tokens[n].ent in {"DATE", "TIME"} or tokens[n].lemma in _TIME_WORDS for n in below
            )
        ):
            yield Candidate(*tree.phrase(row, without=("relcl",)), token.head, "time", "", 0.9)
        elif temporal and token.dep in {"npadvmod", "advmod", "nsubj", "dobj", "attr"}:
            yield Candidate(*tree.phrase(row), token.head, "time", "", 0.8)


def _places(tree: Tree) -> Iterator[Candidate]:
    tokens = tree.tokens
    for row, token in enumerate(tokens):
        nouns = [n for n in tree.children(row) if tokens[n].dep == "pobj"]
        if token.pos in {"ADP", "SCONJ"} and token.lemma in _PLACES and nouns:
            noun = tokens[nouns[0]]
            if noun.ent in {"DATE", "TIME"} or noun.lemma in _TIME_WORDS:
                continue
            fit = 0.6 + 0.3 * (noun.ent == "GPE") + 0.1 * (token.lemma in {"in", "at", "to"})
            yield Candidate(*tree.phrase(row, without=("relcl",)), token.head, "place", "", fit)
        if token.pos == "ADV" and token.lemma in {
            "overseas",
            "abroad",
            "home",
            "upstairs",
            "outside",
        }:
            yield Candidate(row, row + 1, token.head, "place", "", 0.5)


def _reasons(tree: Tree) -> Iterator[Candidate]:
    tokens = tree.tokens
    for row, token in enumerate(tokens):
        below = [tokens[n].lemma for n in tree.children(row)]
        if set(below) & _TIMES - _REASONS.keys():
            continue  # "before she left" tells when
        if token.dep == "advcl" or (token.dep == "xcomp" and "to" in below):
            fit = max((_REASONS.get(lemma, 0.0) for lemma in below), default=0.0)
            if "as" in below and row < token.head:
                fit = 0.1  # "As she left, …" tells when
            if "to" in below and tokens[row].tag == "VB":
                fit = max(fit, 0.6 if token.dep == "advcl" else 0.35)
            elif token.tag in {"VBG", "VBN"} and not set(below) & _TIMES:
                fit = max(fit, 0.4)
            yield Candidate(
                *tree.phrase(row, without=("cc", "conj")), token.head, "reason", "", fit
            )
        first, last = tree.phrase(row)
        if token.lemma == "into" and any(t.text.endswith("ing") for t in tokens[row + 1 : row + 2]):
            yield Candidate(first, _with_content(tree, last), token.head, "reason", "", 0.9)
        elif token.dep == "prep" and token.lemma in _REASON_PREPOSITIONS:
            fit = 0.9 if token.lemma in {"because", "due"} else 0.35
            yield Candidate(first, last, token.head, "reason", "", fit)


def _with_content(tree: Tree, end: int) -> int:
    """Return where a clause that follows at once ends: "into saying | where he hid it"."""
    tokens = tree.tokens
    if end >= len(tokens) or tokens[end].tag not in {"WRB", "WP", "IN"}:
        return end
    clause = tree.clause_of(end)
    return max(end, tree.phrase(clause, without=("advcl", "cc", "conj"))[1])


def _clauses(tree: Tree) -> Iterator[Candidate]:
    tokens = tree.tokens
    for row in range(len(tokens)):
        if tree.is_clause(row) and tokens[row].dep in {"ROOT", "conj", "ccomp", "relcl"}:
            first, last = tree.phrase(row, without=("advcl", "cc", "conj"))
            if last - first >= 3:
                yield Candidate(first, last, row, "clause", "", 0.1)


def _manners(tree: Tree) -> Iterator[Candidate]:
    tokens = tree.tokens
    for row, token in enumerate(tokens):
        if token.dep in {"prep", "agent"} and token.lemma in {
            "by",
            "with",
            "through",
            "via",
            "without",
            "in",
            "over",
        }:
            fit = 0.7 if token.lemma in {"by", "via", "with"} else 0.3
            yield Candidate(*tree.phrase(row), token.head, "manner", "", fit)
        elif token.dep in {"advmod", "acomp", "oprd"} and token.pos in {"ADV", "ADJ"}:
            if token.tag not in {"WRB"} and token.lemma not in {"then", "not", "so", "as"}:
                yield Candidate(*tree.phrase(row), token.head, "manner", "", 0.45)
        elif token.dep == "advcl" and token.tag == "VBG":
            yield Candidate(*tree.phrase(row), token.head, "manner", "", 0.5)


def _numbers(question: Question, tree: Tree) -> Iterator[Candidate]:
    tokens, asked = tree.tokens, question.text.lower()
    for row, token in enumerate(tokens):
        measure = token.ent in {"CARDINAL", "DATE", "TIME", "QUANTITY", "MONEY"}
        vague = token.lemma in _VAGUE_NUMBERS
        if not (token.pos == "NUM" or measure or vague):
            continue
        inner = token.dep in {"nummod", "compound", "quantmod", "advmod", "amod", "det"}
        top = token.head if inner else row
        first, last = tree.phrase(top, without=("prep", "relcl", "appos", "acl", "conj", "cc"))
        lemmas = {t.lemma for t in tokens[first:last]}
        fit = 0.5 if token.pos == "NUM" else 0.2
        if question.focus and question.focus.rstrip("s") in {lemma.rstrip("s") for lemma in lemmas}:
            fit += 0.6
        if re.search(r"how (?:long|often|old)", asked):
            fit += 0.5 if lemmas & _TIME_WORDS else -0.2
        if "how old" in asked and token.lemma == "one":
            continue
        if token.lemma == "one" or token.pos == "ADV":
            fit -= 0.3
        yield Candidate(first, last, tokens[top].head, "number", _role(tree, top), fit)
