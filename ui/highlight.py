"""The story beside the chat: its text in paragraphs, the cited spans marked and numbered."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from qa.records import Citation

__all__ = ["Paragraph", "Segment", "paragraphs", "segments", "story_html"]

_BLANK_LINE = re.compile(r"\s*\n[^\S\n]*\n\s*")
_LINE_END = re.compile(r"\s*\n\s*")
_WRAPPED = 55  # lines of this mean length were broken to fit a page, shorter ones are verse


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text under the same citations: their numbers, and those that begin here."""

    text: str
    numbers: tuple[int, ...] = ()
    opening: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Offsets of a paragraph in the story; in `verse` every line end counts."""

    start: int
    end: int
    verse: bool


def segments(text: str, numbers: Mapping[Citation, int]) -> list[Segment]:
    """Cut `text` where a citation begins or ends; the segments' texts join to `text` again.

    Args:
        text: the text that the citations' offsets count in.
        numbers: citations, each with the number that it is shown by; they may overlap.
    """
    return _segments(text, 0, len(text), numbers)


def paragraphs(text: str) -> list[Paragraph]:
    """Find the paragraphs: parted by blank lines or, in a text without any, by line ends."""
    separator = _BLANK_LINE if _BLANK_LINE.search(text.strip()) else _LINE_END
    bounds = [0]
    for gap in separator.finditer(text):
        bounds += [gap.start(), gap.end()]
    bounds.append(len(text))
    pairs = zip(bounds[::2], bounds[1::2], strict=True)
    return [Paragraph(a, b, _is_verse(text[a:b])) for a, b in pairs if text[a:b].strip()]


def story_html(
    story_id: str,
    text: str,
    numbers: Mapping[Citation, int],
    current: Collection[int] = (),
    turn: int = 0,
) -> str:
    """Return the story as HTML in which nothing of the story is markup.

    The text content of the HTML is the story itself, white space and all.

    Args:
        story_id: name of the story; when it changes, the panel scrolls to the top.
        text: the story.
        numbers: the citations to mark, each with its number.
        current: numbers of the latest answer's citations, marked more strongly.
        turn: number of the latest answer, so that the same answer twice is still an update.
    """
    pieces: list[str] = []
    done = 0
    for paragraph in paragraphs(text):
        pieces.append(escape(text[done : paragraph.start]))
        kind = ' class="verse"' if paragraph.verse else ""
        cut = _segments(text, paragraph.start, paragraph.end, numbers)
        pieces.append(f"<p{kind}>{''.join(_segment_html(s, current) for s in cut)}</p>")
        done = paragraph.end
    pieces.append(escape(text[done:]))
    return (
        f'<article class="story" role="region" aria-label="The story" tabindex="0"'
        f' data-story="{escape(story_id)}" data-turn="{turn}">{"".join(pieces)}</article>'
    )


def _segments(text: str, start: int, end: int, numbers: Mapping[Citation, int]) -> list[Segment]:
    """Cut `text[start:end]`; a citation that began before `start` opens there once more."""
    near = [(c, n) for c, n in numbers.items() if c.start < min(end, c.end) and c.end > start]
    cuts = {start, end}
    for citation, _ in near:
        cuts |= {max(start, citation.start), min(end, citation.end)}
    return list(_between(text, sorted(cuts), near))


def _between(text: str, cuts: list[int], near: list[tuple[Citation, int]]) -> Iterator[Segment]:
    for a, b in pairwise(cuts):
        here = sorted({n for c, n in near if c.start <= a and b <= c.end})
        opening = sorted({n for c, n in near if c.start == a})
        yield Segment(text[a:b], tuple(here), tuple(opening))


def _segment_html(segment: Segment, current: Collection[int]) -> str:
    text = escape(segment.text)
    if not segment.numbers:
        return text
    names = "cited current" if set(segment.numbers) & set(current) else "cited"
    numbers = " ".join(map(str, segment.numbers))
    # The number is drawn by the style sheet: it must not become part of the story's text.
    label = f' data-label="{" ".join(map(str, segment.opening))}"' if segment.opening else ""
    return f'<mark class="{names}" data-numbers="{numbers}"{label}>{text}</mark>'


def _is_verse(text: str) -> bool:
    lines = text.split("\n")
    return len(lines) > 1 and sum(map(len, lines[:-1])) / (len(lines) - 1) < _WRAPPED
