"""Splitting a story into passages: one sentence each, with its exact offsets and its parse."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from index.coreference import resolve
from index.errors import StoryError, shown
from index.language import load_language
from index.names import label_names
from index.records import Passage, Story, Token

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence

__all__ = ["MAX_TOKENS", "SPLITTER_VERSION", "paragraphs", "split"]

SPLITTER_VERSION = 8
"""Raised whenever the same text would be split, parsed, tied or grouped into characters in another
way: it makes indexes stale."""

MAX_TOKENS = 150
"""Longest passage, in tokens. A longer sentence is cut where a clause ends: the encoder reads
256 word pieces, and what it does not read cannot be found."""

_MAX_CHARS = 1_000
_MAX_PIECE = 20_000
# Begins with a line break: blanks before it are skipped by hand, in linear time.
_PARAGRAPH_END = re.compile(r"(?:\r\n?|\n)(?:[ \t]*(?:\r\n?|\n))*")
_LINE_ENDS = frozenset(".!?…:\"'”’»)]*_")
_CLAUSE_END = frozenset(",;:—–-")


def split(
    story: Story, progress: Callable[[int], None] | None = None
) -> tuple[list[Passage], list[list[Token]]]:
    """Split `story` into passages, and parse each.

    Args:
        story: the story.
        progress: called with the number of characters done since the last call.

    Returns:
        The passages in story order and, row for row, their tokens. No passage is blank, none
        crosses a paragraph's end, and `story.text[p.start:p.end] == p.text` for each.

    Raises:
        StoryError: the story has not one passage.
    """
    nlp = load_language()
    passages: list[Passage] = []
    parses: list[list[Token]] = []
    pieces = list(paragraphs(story.text))
    docs = nlp.pipe((story.text[a:b] for a, b in pieces), batch_size=16)
    for (offset, end), doc in zip(pieces, docs, strict=True):
        for sentence in doc.sents:
            for tokens in _bounded(_tokens(sentence, offset)):
                a, b = tokens[0].start, tokens[-1].end
                passages.append(Passage(len(passages), story.story_id, story.text[a:b], a, b))
                parses.append(tokens)
        if progress:
            progress(end - offset)
    if not passages:
        raise StoryError(f"story {shown(story.story_id)} has no sentence; give it some text")
    return passages, resolve(label_names(parses))


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the paragraphs of `text`, without the white space around them.

    A blank line ends a paragraph. A single line break does so only after the end of a sentence:
    elsewhere it is taken for a wrapped line. Pieces longer than 20,000 characters are cut at a
    space, so that memory stays bounded.
    """
    start = 0
    for found in _PARAGRAPH_END.finditer(text):
        breaks = len(re.findall(r"\r\n?|\n", found.group()))
        end = found.start()
        while end > start and text[end - 1] in " \t":
            end -= 1
        if breaks > 1 or text[max(start, end - 1) : end] in _LINE_ENDS:
            yield from _pieces(text, start, end)
            start = found.end()
    yield from _pieces(text, start, len(text))


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while True:
        while start < end and text[start].isspace():
            start += 1
        if start >= end:
            return
        cut = end
        if end - start > _MAX_PIECE:
            space = text.rfind(" ", start + _MAX_PIECE // 2, start + _MAX_PIECE)
            cut = space if space > 0 else start + _MAX_PIECE
        last = cut
        while text[last - 1].isspace():
            last -= 1
        yield start, last
        start = cut


def _tokens(sentence: Sentence, offset: int) -> list[Token]:
    """Return the tokens of a sentence, white space left out, heads counted anew."""
    kept = [t for t in sentence if not t.is_space]
    row = {t.i: n for n, t in enumerate(kept)}
    return [
        Token(
            text=t.text,
            lemma=t.lemma_.lower(),
            pos=t.pos_,
            tag=t.tag_,
            dep=t.dep_ if t.head.i in row else "ROOT",
            head=row.get(t.head.i, n),
            ent=t.ent_type_,
            start=offset + t.idx,
            end=offset + t.idx + len(t.text),
        )
        for n, t in enumerate(kept)
    ]


def _bounded(tokens: list[Token]) -> Iterator[list[Token]]:
    """Cut a sentence of more than MAX_TOKENS tokens or 1,000 characters, at a clause if it can."""
    start = 0
    while start < len(tokens):
        end = min(len(tokens), start + MAX_TOKENS)
        while end > start + 1 and tokens[end - 1].end - tokens[start].start > _MAX_CHARS:
            end -= 1
        if end < len(tokens):
            middle = (start + end) // 2
            ends = [n for n in range(middle, end) if tokens[n].text in _CLAUSE_END]
            end = ends[-1] + 1 if ends else end
        yield [
            replace(t, head=t.head - start)
            if start <= t.head < end
            else replace(t, head=n, dep="ROOT")
            for n, t in enumerate(tokens[start:end])
        ]
        start = end
