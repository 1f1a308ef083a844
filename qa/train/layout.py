"""Which passages of a text the program reads for a question, so that training can read the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from index.build import build_index
from index.stories import make_story
from qa.agent import StoryAgent, default_encoder
from qa.equipment import DEPTH, MOST_PIECES, baseline
from qa.neural_reader import chosen, passage_pieces
from qa.question import MAX_CHARS, Question
from qa.records import Reading, Retrieved
from qa.train.data import Document, Example

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Layouts", "laid_out"]

Layouts = dict[tuple[str, str], tuple[tuple[int, int], ...]]
"""For a document's name and a question: (start, end) of what is read, in story order."""

_TOLD = 25  # texts


def laid_out(
    examples: Iterable[Example], tokenizer: Tokenizer, report: Callable[[str], None]
) -> Layouts:
    """Ask every example of its document, and return what would be read.

    Args:
        examples: the questions.
        tokenizer: the reader's.
        report: told how far it is.
    """
    texts: dict[str, tuple[Document, list[str]]] = {}
    for example in examples:
        known = texts.setdefault(example.document.name, (example.document, []))
        known[1].append(example.question)
    encoder, listener, found = default_encoder(), _Listener(), Layouts()
    equipment = replace(baseline(encoder), reader=listener, depth=DEPTH)
    for number, (name, (document, questions)) in enumerate(texts.items(), 1):
        index = build_index(make_story("text", document.text), encoder)
        agent = StoryAgent(index, encoder, equipment)
        pieces_of = cache(partial(passage_pieces, tokenizer))  # passages come again
        for question in questions:
            listener.heard = ()
            agent.ask(question[:MAX_CHARS])
            read = chosen(listener.heard, MOST_PIECES, pieces_of)
            found[name, question] = tuple((int(p.starts[0]), int(p.ends[-1])) for p in read)
        if number % _TOLD == 0 or number == len(texts):
            report(f"{number} of {len(texts)} texts of our own questions laid out")
    return found


class _Listener:
    """A reader that finds nothing, and keeps what it was given to read first."""

    def __init__(self) -> None:
        self.heard: Sequence[Retrieved] = ()

    def read(self, question: Question, passages: Sequence[Retrieved]) -> Reading:  # noqa: ARG002
        self.heard = self.heard or passages
        return Reading((), 0.0)
