"""Questions to click, made from whom and what the story's parses speak of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from index.names import name_runs
from index.persist import StoryIndex
from index.records import Token

__all__ = ["example_questions"]

_FINITE = frozenset({"VBZ", "VBD"})
_SUBJECTS = frozenset({"nsubj"})
_OBJECTS = frozenset({"dobj"})
_PRONOUNS = frozenset({"he", "she", "they"})
_AFTER = frozenset({"PUNCT", "CCONJ", "ADP", "SCONJ"})


def example_questions(index: StoryIndex) -> list[str]:
    """Return up to four questions about the story, most of which it answers.

    They ask who its main person is, who does something to somebody, what somebody does, and what
    becomes of them: with the names and verbs of its own sentences.
    """
    people = _people(index.parses)
    if not people:
        return ["What happens first?", "What happens at the end?"]
    main = people[0]
    questions = [f"Who is {main}?", *_deeds(index.parses, people)]
    questions.append("What happens at the end?")
    questions.append(f"How old is {main}?")
    return questions


def _people(parses: Sequence[Sequence[Token]]) -> list[str]:
    """Return the persons' names, the most frequent first; the earlier first where even."""
    counts: Counter[str] = Counter()
    for tokens in parses:
        for start, end in name_runs(tokens):
            if tokens[start].ent == "PERSON":
                counts[_surface(tokens[start:end])] += 1
    return [name for name, _ in counts.most_common()]


def _deeds(parses: Sequence[Sequence[Token]], people: Sequence[str]) -> Iterator[str]:
    """Yield at most one "Who does that to X?", for the best known X that something is done to."""
    found: dict[str, str] = {}
    for tokens in parses:
        for start, end in name_runs(tokens):
            name, last = _surface(tokens[start:end]), tokens[end - 1]
            complete = end == len(tokens) or tokens[end].pos in _AFTER
            known = name in people and last.dep in _OBJECTS
            if known and complete and _asks_well(tokens, last.head):
                found.setdefault(name, f"Who {tokens[last.head].text} {name}?")
    for name in people:
        if name in found:
            yield found[name]
            return


def _asks_well(tokens: Sequence[Token], verb: int) -> bool:
    """Tell whether the verb's sentence says who does it: a finite verb, one object, no "not"."""
    below = [t for n, t in enumerate(tokens) if t.head == verb and n != verb]
    deps = [t.dep for t in below]
    subjects = [t for t in below if t.dep in _SUBJECTS]
    return (
        tokens[verb].tag in _FINITE
        and len(subjects) == 1
        and (subjects[0].text.lower() in _PRONOUNS or subjects[0].ent == "PERSON")
        and deps.count("dobj") == 1
        and not {"neg", "prt", "dative", "ccomp", "xcomp"} & set(deps)
    )


def _surface(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)
