"""Questions about a story as a whole: who is in it, and what it is about."""

from __future__ import annotations

import re

from index.persist import StoryIndex
from qa.question import STORY, Question
from qa.records import Span

__all__ = ["overview"]

_STORY = rf"(?:the|this) {STORY}"
_CAST = re.compile(
    r"^(?:who (?:all )?(?:are|is)|who['’]s|name|list|what are|which are) "
    r"(?:all )?(?:the )?(?:names of )?(?:the )?"
    r"(?P<one>(?:main |central |major |principal )?(?:character|protagonist)|hero|heroine)?"
    r"(?P<all>(?:main |central |major |principal |most important )?"
    rf"(?:characters|protagonists|people))?(?: (?:of|in) {_STORY})?[ ?!.]*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    rf"^(?:what(?:['’]s| is| was) {_STORY} about|what is it about|what is {_STORY}"
    rf"|(?:summari[sz]e|tell me about) {_STORY}"
    rf"|(?:what is|give me|tell me) (?:a|the) summary(?: of {_STORY})?)[ ?!.]*$",
    re.IGNORECASE,
)
_MOST = 5


def overview(question: Question, index: StoryIndex) -> tuple[Span, ...]:
    """Return what answers `question`, in story order; nothing where it asks of something else.

    The characters are those named more than once, five at most, where they are first named; what
    a story is about is what its first sentence says.
    """
    if _ABOUT.match(question.text):
        return tuple(Span(p.start, p.end, 1.0) for p in index.passages[:1])
    asked = _CAST.match(question.text)
    if not asked or not (asked["one"] or asked["all"]):
        return ()
    counts = index.cast.counts()
    often = sorted(range(len(counts)), key=lambda n: -counts[n])
    repeated = [n for n in often if counts[n] > 1] or often
    chosen = repeated[: _MOST if asked["all"] else 1]
    spans = []
    for mention in index.cast.mentions:
        if mention.character in chosen:
            chosen.remove(mention.character)
            tokens = index.parses[mention.passage_id]
            spans.append(Span(tokens[mention.first].start, tokens[mention.last].end, 1.0))
    return tuple(spans)
