"""An answer as plain text: what is said, how sure it is, and the sentences it rests on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.calibration import in_words, percent
from qa.records import Answer, Citation, Retrieved

__all__ = ["answer_lines", "confidence_words", "one_line", "source_lines"]

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
# Control characters of a story could steer the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def confidence_words(confidence: float) -> str:
    """Say a probability in a word with its percentage, as in "likely (63%)"; never 0% or 100%."""
    return f"{in_words(confidence)} ({percent(confidence)})"


def answer_lines(answer: Answer, *, marked: bool = False) -> list[str]:
    """Return the lines that `qa ask` prints.

    Args:
        answer: what to show.
        marked: whether to print the cited words in bold within their sentences.
    """
    sure = confidence_words(answer.confidence)
    if not answer.answerable:
        sure = f"unlikely that the story tells ({percent(answer.confidence)})"
    lines = [one_line(answer.answer), "", f"Confidence: {sure}"]
    if answer.interpreted_as:
        lines.append(f"Understood as: {one_line(answer.interpreted_as)}")
    for other in answer.alternatives:
        lines.append(one_line(f"Did you mean {other.meant}? Then ask: {other.question}"))
    for number, citation in enumerate(answer.citations, 1):
        place = f"characters {citation.start} to {citation.end} of {answer.story}"
        lines += ["", f"[{number}] “{one_line(citation.text)}” ({place})"]
        if sentence := _sentence(citation, answer.passages, marked):
            lines.append(f"    {sentence}")
    return lines


def source_lines(answer: Answer) -> list[str]:
    """Return the lines of `/sources`: what was retrieved for `answer`, best first."""
    lines = []
    for found in answer.passages:
        passage = found.passage
        place = f"characters {passage.start} to {passage.end}"
        lines += [f"{found.rank}. {place}, score {found.score:.2f}", f"   {one_line(passage.text)}"]
    return lines or ["Nothing in the story came near the question."]


def _sentence(citation: Citation, passages: Sequence[Retrieved], marked: bool) -> str | None:
    """Return the passage that holds `citation`, or None where that is all there is of it."""
    for found in passages:
        passage = found.passage
        if passage.start <= citation.start and citation.end <= passage.end:
            if not marked:
                return None if passage.text == citation.text else one_line(passage.text)
            start, end = citation.start - passage.start, citation.end - passage.start
            before, span, after = passage.text[:start], passage.text[start:end], passage.text[end:]
            return f"{one_line(before)}{_BOLD}{one_line(span)}{_PLAIN}{one_line(after)}"
    return None


def one_line(text: str) -> str:
    """Return `text` in one line, with nothing in it that a terminal would obey."""
    return _CONTROL.sub("�", re.sub(r"\s+", " ", text))
