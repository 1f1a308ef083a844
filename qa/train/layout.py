"""Which passages of a text the program reads for a question, so that training can read the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from index.build import build_index
from index.stories import make_story
from qa.agent import StoryAgent, default_encoder
from qa.equipment import MOST_PIECES, baseline
from qa.neural_reader import NeuralReader
from qa.question import MAX_CHARS, Question
from qa.records import Reading, Retrieved
from qa.train.data import Document, Example

__all__ = ["Layouts", "laid_out"]

Layouts = dict[tuple[str, str], tuple[tuple[int, int], ...]]
"""For a document's name and a question: (start, end) of what is read, in story order."""

_TOLD = 25  # texts
_DEPTH = 8  # passages, as `qa.equipment.trained` has it


def laid_out(
    examples: Iterable[Example], reader: NeuralReader, report: Callable[[str], None]
) -> Layouts:
    """Ask every example of its document, and return what would be read.

    Args:
        examples: the questions.
        reader: knows how many word pieces passages have; it reads nothing.
        report: told how far it is.
    """
    texts: dict[str, tuple[Document, list[str]]] = {}
    for example in examples:
        known = texts.setdefault(example.document.name, (example.document, []))
        known[1].append(example.question)
    encoder, found = default_encoder(), Layouts()
    for number, (name, (document, questions)) in enumerate(texts.items(), 1):
        listener = _Listener()
        equipment = replace(baseline(encoder), reader=listener, depth=_DEPTH)
        agent = StoryAgent(
            build_index(make_story("text", document.text), encoder), encoder, equipment
        )
        shift = document.text.find(agent.story.text)
        for question in questions:
            listener.heard = ()
            agent.ask(question[:MAX_CHARS])
            chosen = reader.chosen(listener.heard, MOST_PIECES)
            found[name, question] = tuple(
                (int(part.starts[0]) + shift, int(part.ends[-1]) + shift) for part in chosen
            )
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
