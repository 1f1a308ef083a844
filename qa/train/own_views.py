"""Windows for questions of our own: what the program would read, or neighbouring sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa.train.data import Example
from qa.train.features import Group, Pieces, anywhere, around, cut, joined, places
from qa.train.layout import laid_out
from qa.train.negatives import falsified
from qa.train.source import Source
from qa.train.targets import Target

__all__ = ["Views"]

_SECOND = 0.6  # weight of a further form of an answer
_UNREAD = 0.4  # weight of a question of which what answers it is not read: one may know from less
_UNTOLD = 0.7  # weight of a question that is put to a text which does not answer it
_OPPOSED = 0.4  # share of altered questions that are first tried to be turned round
_DRAWN = 4


class Views:
    """Makes groups of a question each time it comes, never the same.

    Args:
        source: what windows are made from.
        examples: the questions.
        short: least word pieces of a window of neighbouring sentences.
        long: most.
        as_asked: share of the questions that are read as the program would.
        report: told how far laying out is.
    """

    def __init__(
        self,
        source: Source,
        examples: Sequence[Example],
        short: int,
        long: int,
        as_asked: float,
        report: Callable[[str], None],
    ) -> None:
        self._source = source
        self._short, self._long = short, long
        self._as_asked = as_asked
        self._documents = list({e.document.name: e.document for e in examples}.values())
        self._layouts = laid_out(examples, source.tokenizer, report)

    def group(self, example: Example) -> Group:
        """Return the group of a question; a teacher that was not asked such does not count."""
        rng, whole = self._source.rng, self._source.pieces(example.document)
        question = self._source.question(example.question)
        found = [
            Target(a, b, _SECOND if place else 1.0) for place, (a, b) in enumerate(example.spans)
        ]
        read = self._as_read(example)
        if read and rng.random() < self._as_asked:
            stretches = read
        elif found:
            first, last = places(whole, found[0].start, found[0].end)
            stretches = [around(whole, first, last, self._length(), rng)]
        else:
            stretches = [self._alike(question, whole)]
        window = joined(question, whole, stretches, found)
        return Group((window,), 1.0 if window.spans or not found else _UNREAD, taught=False)

    def foreign(self, example: Example) -> list[Group]:
        """Return the group of a question that is put to another text, none where it draws its own.

        A teacher that was not asked such questions does not count here either.
        """
        document = self._source.rng.choice(self._documents)
        if document.name == example.document.name:
            return []
        whole, question = self._source.pieces(document), self._source.question(example.question)
        window = cut(question, whole, *self._alike(question, whole))
        return [Group((window,), _UNTOLD, taught=False)]

    def altered(self, example: Example) -> list[Group]:
        """Return the group of a question that is altered so that its text does not answer it.

        Its names or roles are exchanged, or it is turned round; none where that cannot be done, or
        for yes/no questions. What is read is what the program would read for the question.
        """
        stretches = self._as_read(example)
        if not example.answers or example.affirmed is not None or not stretches:
            return []
        text = falsified(example, self._source.rng, _OPPOSED)
        if not text:
            return []
        whole = self._source.pieces(example.document)
        window = joined(self._source.question(text), whole, stretches)
        return [Group((window,), _UNTOLD, taught=False)]

    def _as_read(self, example: Example) -> list[tuple[int, int]]:
        """Return the stretches that the program would read for a question, in word pieces."""
        whole = self._source.pieces(example.document)
        read = self._layouts[example.document.name, example.question]
        return [places(whole, a, b) for a, b in read]

    def _alike(self, question: Sequence[int], whole: Pieces) -> tuple[int, int]:
        """Return, of some stretches, the one that shares most word pieces with the question."""
        drawn = [anywhere(whole, self._length(), self._source.rng) for _ in range(_DRAWN)]
        asked = set(question)
        return max(drawn, key=lambda d: len(asked & set(whole.ids[slice(*d)].tolist())))

    def _length(self) -> int:
        return self._source.rng.randint(self._short, self._long)
