"""From an `Answer` to what the chat shows. Pure functions: text in, HTML or plain text out.

Whatever comes from a question or a story is escaped, so that it shows as the text that it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from qa.calibration import in_words, percent
from qa.records import Answer, Citation

__all__ = [
    "answer_html",
    "answer_text",
    "confidence_words",
    "excerpt",
    "number_citations",
    "question_html",
]

_ROOM = 70  # characters of the sentence that are shown on each side of a cited span


def number_citations(answers: Sequence[Answer]) -> dict[Citation, int]:
    """Give each cited span of a conversation a number from 1, in order of its first citation."""
    numbers: dict[Citation, int] = {}
    for answer in answers:
        for citation in answer.citations:
            numbers.setdefault(citation, len(numbers) + 1)
    return numbers


def confidence_words(confidence: float) -> str:
    """Say a probability in words with its percentage, as in "Likely · 63%"; never 0% or 100%."""
    return f"{in_words(confidence).capitalize()} · {percent(confidence)}"


def excerpt(answer: Answer, citation: Citation) -> tuple[str, str, str]:
    """Return what stands before the cited span in its sentence, the span, and what follows.

    Long surroundings are cut at a word and end in "…".
    """
    for retrieved in answer.passages:
        passage = retrieved.passage
        if passage.start <= citation.start and citation.end <= passage.end:
            before = passage.text[: citation.start - passage.start]
            after = passage.text[citation.end - passage.start :]
            return _tail(before), citation.text, _head(after)
    return "", citation.text, ""


def question_html(question: str) -> str:
    """Return the reader's question for the chat."""
    return f'<div class="qa-question">{escape(question)}</div>'


def answer_html(answer: Answer, numbers: Mapping[Citation, int]) -> str:
    """Return the answer for the chat: sentence, numbered sources, confidence, copy button."""
    understood = (
        f'<p class="qa-understood">Understood as: {escape(answer.interpreted_as)}</p>'
        if answer.interpreted_as
        else ""
    )
    if answer.answerable:
        kind, state = "qa-answer", _confidence_html(answer.confidence)
    else:
        kind, state = "qa-answer qa-declined", '<span class="qa-badge">Not in the story</span>'
    marks = "".join(_mark_html(numbers[citation]) for citation in answer.citations)
    copied = escape(answer_text(answer, numbers))
    return (
        f'<div class="{kind}">{understood}<p class="qa-text">{escape(answer.answer)}{marks}</p>'
        f"{_sources_html(answer, numbers)}"
        f'<div class="qa-foot">{state}<button type="button" class="qa-copy" data-copy="{copied}"'
        ' aria-label="Copy this answer">Copy</button></div></div>'
    )


def answer_text(answer: Answer, numbers: Mapping[Citation, int]) -> str:
    """Return question, answer and citations as plain text, for the clipboard."""
    marks = "".join(f" [{numbers[citation]}]" for citation in answer.citations)
    lines = [answer.interpreted_as or answer.question, f"{answer.answer}{marks}"]
    lines += [f"[{numbers[citation]}] “{citation.text}”" for citation in answer.citations]
    return "\n".join(lines)


def _confidence_html(confidence: float) -> str:
    words = confidence_words(confidence)
    level = words.split(" · ")[0].split()[-1].lower()
    title = "How likely this answer is to be right, judged from questions with known answers"
    return f'<span class="qa-badge qa-{level}" title="{title}">{words}</span>'


def _mark_html(number: int) -> str:
    return (
        f'<button type="button" class="qa-cite" data-cite="{number}"'
        f' aria-label="Citation {number}: show it in the story">{number}</button>'
    )


def _sources_html(answer: Answer, numbers: Mapping[Citation, int]) -> str:
    if not answer.citations:
        return ""
    rows = []
    for citation in answer.citations:
        before, span, after = (escape(part) for part in excerpt(answer, citation))
        number = numbers[citation]
        rows.append(
            f'<li><button type="button" class="qa-source" data-cite="{number}"'
            ' title="Show it in the story">'
            f'<span class="qa-number">{number}</span>'
            f"<q>{before}<b>{span}</b>{after}</q></button></li>"
        )
    return f'<ul class="qa-sources" aria-label="Where the story says so">{"".join(rows)}</ul>'


def _tail(text: str) -> str:
    """Return the end of `text`, from a word's beginning."""
    if len(text) <= _ROOM:
        return text
    return "… " + text[-_ROOM:].partition(" ")[2]


def _head(text: str) -> str:
    """Return the beginning of `text`, up to a word's end."""
    if len(text) <= _ROOM:
        return text
    return text[:_ROOM].rpartition(" ")[0] + " …"
