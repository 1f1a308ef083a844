"""What a conversation is announced to be about: an opening turn that is a name and no question.

"Anna Berg" or "The mill", said first, is what every later question leans on that names nobody.
"""

from __future__ import annotations

import re
from dataclasses import replace

from qa.conversation.inflection import is_base, is_inflected
from qa.conversation.mentions import Mention, Names, mentions_in

__all__ = ["announced", "is_heading"]

_ASKING = re.compile(
    r"(?i)(?:who|whom|whose|what|which|when|where|why|how|did|do|does|is|are|was|were|am|has|have"
    r"|had|can|could|will|would|should|may|might|and|but|tell|name|any|list|recap|thanks|thank"
    r"|hello|hi|hey|please|yes|no|ok|okay|i|you|we|if|so|then)\b"
)
_MOST = 8  # words
_WORKS = frozenset(
    "album book episode film game movie musical novel opera painting play poem series show single"
    " song story".split()
)
_ADDED = re.compile(r"\s*\([^()]*\)\s*$")  # "Slate (band)": what kind of thing it is
_WORD = re.compile(r"[\w'’-]+")


def is_heading(text: str) -> bool:
    """Tell whether `text`, an opening turn, is no question but the name of what is talked about."""
    return "?" not in text and not _ASKING.match(text)


def announced(text: str, names: Names) -> Mention | None:
    """Return whom or what the opening turn `text` announces by name.

    None where it asks, bids, tells or describes. Where a cast is known, a single word that is
    none of its names is no name: "Characters".
    """
    name = _ADDED.sub("", " ".join(text.split()))
    words = _WORD.findall(name)
    if (
        not is_heading(name)
        or not 0 < len(words) <= _MOST
        or not any(w[:1].isupper() for w in words if w not in {"The", "A", "An"})
    ):
        return None
    if is_base(words[0]) or re.search(r"[.!:;]$", name):
        return None
    if any(w.islower() and is_inflected(w) and not w.endswith("s") for w in words):
        return None
    kind = re.findall(r"[a-z]+", text[len(name) :])
    if names.meant and len(words) == 1 and not kind and name.lower() not in names.meant:
        return None
    thing = bool(kind) and kind[-1] in _WORKS
    for mention in mentions_in(name, names):
        if mention.start == 0 and mention.end == len(name):
            if mention.phrase:
                return None
            return replace(mention, person=False if thing else mention.person)
    many = bool(re.match(r"The ", name)) and name.endswith("s") and len(words) > 1
    return Mention(0, len(name), name, name.lower(), False if thing else None, plural=many)
