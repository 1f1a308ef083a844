"""Questions that lean on what a conversation was announced to be about, and name nobody.

After "The Larks", "When did the band form?" asks when The Larks formed, and "What happened in
1990?" what happened to them. Without an announced topic nothing is added: in a story, "What
happened in the barn?" stands alone.
"""

from __future__ import annotations

import re

from qa.conversation.discourse import Discourse
from qa.conversation.mentions import Mention
from qa.conversation.nouns import noun

__all__ = ["leaning"]

_BAND = re.compile(
    r"(?i)\b(?:the|this) (?:band|group|duo|trio|company|gang|club|orchestra)(?P<owns>['’]?s)?"
    r"(?![\w-])(?! name\b)"
)
_WORK = re.compile(
    r"(?i)\b(?:the|this) (?:song|film|movie|album|book|novel|play|musical|opera|poem|show|series"
    r"|game|episode|single|video)(?![\w'’-])"
)
_HAPPENED = re.compile(
    r"(?i)^(?:besides .+, )?(?:and |so |then )?what (?:else |also )?"
    r"(?:happen(?:ed|s)?|was happening|was going on)\b(?! to\b| with\b)"
)
_NO_PART = (
    r"(?:of|in|on|for|by|from|to|at|as|about|with|between|like|after|before|called|that|other)"
)
# "What was the tour?" asks what it was, and stands alone.
_PART = re.compile(
    r"(?i)^(?:besides .+, )?(?:who|what) (?:(?:are|were)|(?:is|was) (?:some|one) of)"
    rf"(?: (?:some|a few|any) of)? (?:the|an?|another|some)"
    rf"(?: (?!{_NO_PART}\b)[\w'’-]+){{0,3}}? (?!{_NO_PART}\b)"
    r"(?P<head>[\w'’-]+)(?P<end>(?: called| about| like)?[ ?.!]*)$"
)
_PERSON_PART = frozenset(
    "member leader founder author parent wife husband child sibling critic fan writer producer"
    " singer drummer guitarist manager coach owner".split()
)


def leaning(text: str, discourse: Discourse) -> str:
    """Put the announced topic where `text`, which names nobody, leaves it out."""
    topic = discourse.topic
    if topic is None or not _names_nothing(text, topic, discourse):
        return text
    spoken = "n" if topic.person is False else discourse.spoken_of_as(topic.key)
    person = spoken in {"m", "f"} or topic.person is True
    known = next((e.mention for e in discourse.entities() if e.mention.key == topic.key), topic)
    name = known.name
    if not person and spoken != "n" and (found := _BAND.search(text)):
        owned = _owning(known) if found["owns"] else name
        return text[: found.start()] + owned + text[found.end() :]
    if found := _WORK.search(text):
        if spoken != "n":
            return text
        return text[: found.end()] + f" {name}" + text[found.end() :]
    if found := _HAPPENED.match(text):
        return f"{text[: found.end()]} to {name}{text[found.end() :]}"
    if found := _PART.match(text):
        about = noun(found["head"])
        if not about.person or found["head"].lower().rstrip("s") in _PERSON_PART:
            return f"{text[: found.end('head')]} of {name}{found['end']}"
    return text


def _owning(mention: Mention) -> str:
    return mention.name + ("'" if mention.plural and mention.name.endswith("s") else "'s")


def _names_nothing(text: str, topic: Mention, discourse: Discourse) -> bool:
    """Tell whether `text` has neither a name nor a word of the topic, nor what is quoted."""
    if re.search(r"[“”\"]", text):
        return False
    words = {w for w in re.findall(r"[\w-]+", topic.name.lower()) if len(w) > 3}
    if words & set(re.findall(r"[\w-]+", text.lower())):
        return False
    return all(m.phrase for m in discourse.mentions(text)) and not re.search(r" [A-Z]", text)
