"""Questions for more: "Who else helped Anna?" leaves out the one who has been named already.

What is known is added, so that the question stands alone: "Besides Berg, who else helped Anna?".
"""

from __future__ import annotations

import re
from dataclasses import replace

from qa.conversation.clauses import is_clause, short
from qa.conversation.discourse import Discourse, Said, subject_of
from qa.conversation.inflection import base_form, gerund, is_base, is_inflected
from qa.conversation.mentions import Mention

__all__ = ["besides"]

_MORE = re.compile(
    r"(?i)\b(?:else|(?<!each )(?<!the )(?<!every )(?<!these )other|(?<!or )another"
    r"|any more(?= \w))\b(?! than)"
)
_SAID = re.compile(
    r"(?i)\b(?:besides?|aside from|apart from|other than|in addition|except|excluding|each other"
    r"|one another|the others?|or else)\b"
)
_PERSONS = re.compile(
    r"(?i)\b(?:(?:who|any(?:one|body)) else|other (?:people|persons?|members?))\b"
)
_STOP = re.compile(r"[,;:.!?(]|--| - | (?:who|whom|which|when|where|why|because|while|although)\b")
_TIME = re.compile(
    r"(?i)(?:in|on|at|by|from|after|before|during|since|until|late|later|early|beginning|as|for"
    r"|although|while|when|with)\b"
)
_SETTING = re.compile(
    r"(?:(?:In|On|At|By|From|After|During|Since|Late|Later|Early|Beginning|Then|Also|However|As|For"
    r"|While|When|With|Among|Within|[Aa]fter|[Ii]n)\b[^,.;]{0,60}, )+"
)
_MOST, _LEAST = 12, 4  # words of what is added, and of a clause that may be cut off at a pause
_SHORT = 4  # words of an answer that only says where or when
_BACK = 3  # turns
_PRONOUN = re.compile(r"(?i)(?:he|she|it|they)$")
_ADVERBS = frozenset("also then later first often eventually soon once again both".split())

_DANGLING = frozenset(
    "the a an of in on at to by for with from and or but that his her their its as into be was is "
    "such".split()
)


def besides(text: str, discourse: Discourse) -> str:
    """Add to a question for more what the turns before have told already."""
    if not _MORE.search(text) or _SAID.search(text):
        return text
    given = _given(text, discourse)
    if given is None:
        return text
    opener = "Besides" if text[:1].isupper() else "besides"
    first = text.split()[0]
    rest = text if discourse.mentions(first) or first == "I" else text[:1].lower() + text[1:]
    return f"{opener} {given}, {rest}"


def _given(text: str, discourse: Discourse) -> str | None:
    turns = discourse.turns[1:] if discourse.topic else discourse.turns
    for said in reversed(turns[-_BACK:]):
        if said.answer and (known := _told(text, said, discourse)):
            return known
    return None


def _told(text: str, said: Said, discourse: Discourse) -> str | None:
    """Return what a turn told, as a name, a noun phrase or an "-ing" form; None for no form."""
    if _PERSONS.search(text):
        for mention in said.in_answer:
            person = mention.person or (mention.person is None and not mention.phrase)
            if person and " & " not in mention.key and _new(mention, text, discourse):
                return said.answer[mention.start : mention.end]
    if _TIME.match(said.answer) and len(said.answer.split()) <= _SHORT:
        return None  # where or when, and not what
    if doing := _doing(text, said, discourse):
        return doing
    given = short(said.answer, _MOST)
    if (
        given
        and not _TIME.match(given)
        and not is_clause(given)
        and not re.search(r"[(“\"]", given)
    ):
        return given
    return next(
        (
            _lowered(said.answer[m.start : m.end], m)
            for m in said.in_answer
            if _new(m, text, discourse) and not m.name[-1].isdigit()
        ),
        None,
    )


def _lowered(text: str, mention: Mention) -> str:
    return (
        text[:1].lower() + text[1:] if mention.phrase and not mention.name[:1].isupper() else text
    )


def _new(mention: Mention, text: str, discourse: Discourse) -> bool:
    topic = discourse.topic.key if discourse.topic else ""
    return mention.key != topic and mention.name.lower() not in text.lower() and not mention.owner


def _doing(text: str, said: Said, discourse: Discourse) -> str | None:
    """Return what a clause tells of its subject: "He sold the mill" gives "selling the mill"."""
    setting = _SETTING.match(said.answer)
    begin = setting.end() if setting else 0
    starting = [m for m in said.in_answer if m.start == begin and not m.owner]
    words = said.answer[begin:].split()
    subject: Mention | None = starting[0] if starting else None
    if subject:
        rest = said.answer[subject.end :].split()
        kept, _, last = subject.name.rpartition(" ")
        if subject.phrase and " " in kept and last.endswith("ed"):  # "the team appeared in …"
            subject, rest = replace(subject, name=kept), [last, *rest]
    elif words and _PRONOUN.match(words[0]):
        subject, rest = _about(said, discourse), words[1:]
    else:
        rest = words
    while rest and (rest[0].lower() in _ADVERBS or rest[0].endswith("ly")):
        rest = rest[1:]
    if not rest or not rest[0].islower():
        return None
    if is_inflected(rest[0]) or (is_base(rest[0]) and subject and subject.plural):
        verb = gerund(base_form(rest[0]))
    elif rest[0].endswith("ing") and not starting:
        verb, subject = rest[0], None
    else:
        return None
    told = _cut(" ".join([verb, *rest[1:]]))
    if len(told.split()) < 2:
        return None
    if subject is None or subject.key in {m.key for m in discourse.mentions(text)}:
        return told
    return f"{subject.name} {told}"


def _about(said: Said, discourse: Discourse) -> Mention | None:
    """Return whom a pronoun that begins the answer most likely means: the question's subject."""
    return subject_of(said.question, said.in_question) or discourse.topic


def _cut(text: str) -> str:
    """Return the beginning of `text`, up to the first pause after a few words."""
    for found in _STOP.finditer(text):
        if len(text[: found.start()].split()) >= _LEAST or found.group()[0] in "(.;":
            text = text[: found.start()]
            break
    words = text.split()[:_MOST]
    while " ".join(words).count('"') % 2 or " ".join(words).count("“") > " ".join(words).count("”"):
        words.pop()  # a quotation is told whole or not at all
    while words and words[-1].lower() in _DANGLING:
        words.pop()
    return " ".join(words).rstrip(" ,.;:")
