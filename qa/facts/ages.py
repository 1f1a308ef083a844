"""How old somebody is, where the story says so in one word: "a fifteen-year-old orphan"."""

from __future__ import annotations

import re

from qa.facts.table import FactTable
from qa.question import Question
from qa.records import Span
from qa.syntax import Tree

__all__ = ["age"]

_ASKS_AGE = re.compile(
    r"^(?:how old|what age) (?:is|was) (?P<whom>[\w '’.-]+?)[ ?!.]*$", re.IGNORECASE
)
_AGED = re.compile(r"[^\W_][\w-]*-(?:year|month|week|day)s?-old\b", re.IGNORECASE)


def age(question: Question, table: FactTable) -> Span | None:
    """Return where the story tells the age that `question` asks for, where it is part of a noun's.

    Of several ages of one character the first.
    """
    asked = _ASKS_AGE.match(question.text)
    whom = table.known.called(asked["whom"].split()).characters if asked else frozenset[int]()
    if len(whom) != 1:
        return None
    for passage_id in sorted({m.passage_id for m in table.known.cast.mentions}):
        tree = Tree(table.tokens(passage_id))
        for row, token in enumerate(tree.tokens):
            if _AGED.fullmatch(token.text):
                # The parser takes it for a noun, an adjective, or no word of the sentence at all.
                nouns = (row, token.head, min(row + 1, len(tree.tokens) - 1))
                if any(table.known.at(passage_id, n, tree).characters == whom for n in nouns):
                    return Span(token.start, token.end, 1.0)
    return None
