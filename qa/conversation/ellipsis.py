"""Follow-ups that leave out most of a question: "Why?", "And Anna?", "What next?", "Who else?".

Each is completed from the question before and its answer; what cannot be is left as it was asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.conversation.clauses import asked, clause, open_question, short
from qa.conversation.discourse import Discourse, Said, subject_of
from qa.conversation.inflection import is_base
from qa.conversation.mentions import Mention

__all__ = ["completed", "correction", "is_loose", "pointed", "told"]

_LEAD = r"(?:(?:and|but|so|ok|okay|well|then|oh)[, ]+)*"
_BARE = re.compile(
    rf"(?i)^{_LEAD}(?P<wh>(?:(?:from|to|with|by|at|in|for|since|until) )?"
    r"(?:why|how|when|where|who|whom|what))(?P<not> not)?(?: exactly| then| so| was that| is that"
    r"| him| her| them)?[ ?.!]*$"
)
_COME = re.compile(rf"(?i)^{_LEAD}(?:how (?:come|so)|what for|for what|why'?s that)[ ?.!]*$")
_NEXT = re.compile(
    rf"(?i)^{_LEAD}(?:what (?:happens?|happened|came|comes|did happen|next happened)"
    r" ?(?:next|then|after(?:wards?)?|after (?:that|this|it))|what(?: was)? next|then what"
    r"(?: happened| happens)?|then|next|afterwards?|after (?:that|this)"
    r"|after (?:that|this),? what happened|what happened|what then)[ ?.!]*$"
)
_NEXT_LEAD = re.compile(r"(?i)^(?:and|so|but) then what happened[ ?.!]*$")
_PREVIOUS = re.compile(
    rf"(?i)^{_LEAD}(?:what (?:happens?|happened|came) )?(?:just |right )?"
    r"(?:before(?: (?:that|this|it|then))?|previously|earlier)[ ?.!]*$"
)
_LIKE = re.compile(
    rf"(?i)^(?:{_LEAD}(?:what|how) about|and(?: what about)?|but|or|same for|and for) "
    r"(?P<what>[^?]+?)[ ?.!]*$"
)
_ELSE = re.compile(
    rf"(?i)^{_LEAD}(?P<wh>who|what|where|when|why|how|any(?:one|body|thing|where)?) else[ ?.!]*$"
)
_ANY = re.compile(rf"(?i)^{_LEAD}any (?P<what>(?!one\b|thing\b)[^?!.]+?)[ ?.!]*$")
_ANY_BEFORE = re.compile(
    r"(?i)^(?P<opener>(?:do|does|did|is|are|was|were|has|have|had|can|could) .*?\b)"
    r"any(?: other)? [\w' -]+?[ ?.!]*$"
)
_CORRECTION = re.compile(
    r"(?i)^(?:(?:no|sorry|wait|actually|not (?P<not>[^,]+))[,.;:!— -]+)*"
    r"(?:(?:no[, ]+)?i (?:meant|mean|am asking about|was asking about|asked about)"
    r"|i'm asking about|rather)[: ,]+(?P<what>[^?]+?)[ ?.!]*$"
    r"|^no[,:—]+ ?(?:not [^,]+, )?(?P<plain>(?:the|his|her|their|a) [^?]+?)[ ?.!]*$"
)
_QUESTION = re.compile(
    r"(?i)^(?:who|whom|whose|what|which|when|where|why|how|did|do|does|is|are|was|were|has|have"
    r"|had|can|could|will|would|should|may|might|tell|if)\b"
)
_POINTER = re.compile(
    r"(?i)\b(?P<when>(?:(?:just|right|shortly|soon|immediately) )?(?:before|after))"
    r" (?:that|this|it)(?=[ ,]*(?:$|[?.!,]))"
)
_OTHER = re.compile(r"(?i)\b(?:the|that) other (?:one|two|man|woman|person)?(?:\b|$)")
_ORDINAL = re.compile(
    r"(?i)\bthe (?P<which>first|second|former|latter)(?: (?:one|of them|of the two))?"
    r"(?=[ ,]*(?:$|[?.!,]|\b(?:did|do|does|is|was|has|had|hate|go|get|want|say|die|know)))"
)
_HOW_MANY = re.compile(
    r"(?i)^(?:and |but |so )?(?P<how>how many)(?= (?:were|are|was|of them (?:were|are)) there)"
)
_EVENT = re.compile(
    r"(?i)\b(?P<verb>take|like|know|hear|believe|explain|mention|regret) "
    r"(?P<what>it|that|this)[ ?.!]*$"
)
_BOTH = re.compile(r"(?i)\b(?:these two|those two|the two(?: of them)?|both of them|both)\b")
_PREPOSED = re.compile(
    r"(?i)^(?:in|at|on|from|to|into|by|with|under|near|behind|after|before|during|for|without)\b"
)


def completed(text: str, discourse: Discourse) -> str | None:
    """Return the full question that `text` is short for, or None where it is short for none."""
    if not discourse.turns:
        return None
    last = discourse.turns[-1]
    if _COME.match(text):
        return open_question("why", last.question, last.answer)
    if _NEXT.match(text) or _NEXT_LEAD.match(text):
        return _beside("What happened after", last)
    if _PREVIOUS.match(text):
        return _beside("What happened before", last)
    if found := _BARE.match(text):
        return _bare(found["wh"].lower(), last)
    if found := _ELSE.match(text):
        return _else(found["wh"], last)
    if found := _ANY.match(text):
        return _any(found["what"], discourse)
    if found := _LIKE.match(text):
        what = found["what"].strip()
        if not _QUESTION.match(what) and len(what.split()) <= 6:
            return _like(what, last, discourse)
    return None


def is_loose(text: str, discourse: Discourse) -> bool:
    """Tell whether `text` ("And the key?") shows not what it takes the place of in the last one."""
    found = _LIKE.match(text)
    other = (_COME, _NEXT, _NEXT_LEAD, _PREVIOUS, _BARE, _ELSE, _ANY)
    if found is None or _PREPOSED.match(found["what"]) or any(p.match(text) for p in other):
        return False
    return not any(m.start == 0 and m.person is not None for m in discourse.mentions(found["what"]))


def _bare(wh: str, last: Said) -> str | None:
    if wh in {"who", "whom", "what"}:
        return None if last.answer and asked(last.question) is None else _who(wh, last)
    return open_question(wh, last.question, last.answer)


def _who(wh: str, last: Said) -> str | None:
    """Ask who, of what was told without a name: "Did anybody help?" "Yes." "Who?"."""
    somebody = re.search(
        r"(?i)\b(?P<aux>do|does|did|is|are|was|were|has|have|had|could|can) "
        r"(?:any|some)(?:one|body|thing)\b(?P<rest>[^?]*)",
        last.question,
    )
    if somebody is None:
        return None
    aux, rest = somebody["aux"].lower(), somebody["rest"].strip()
    return f"{wh.capitalize()} {aux} {rest}?" if aux != "did" else f"{wh.capitalize()} did {rest}?"


def _beside(opener: str, last: Said) -> str | None:
    told = clause(last.question, last.answer, last.in_question)
    return f"{opener} {told}?" if told else None


def _else(wh: str, last: Said) -> str | None:
    """Ask the question before once more, for another answer."""
    parts = asked(last.question)
    given = short(last.answer, 8)
    if parts is None or not given:
        return None
    wanted = parts.wh.lower().split()[:1]
    asks = wh.lower()
    same = [*wanted, "anyone", "anybody", "anything", "anywhere", "any"]
    if not wanted or (asks not in same and [asks, *wanted] != ["what", "which"]):
        return None
    opener = parts.wh[:1].upper() + parts.wh[1:]
    aux = f"{parts.aux} " if parts.aux else ""
    return f"{opener} else besides {given} {aux}{parts.rest}?"


def _any(what: str, discourse: Discourse) -> str | None:
    """Ask for some of another kind, or for more: "Has she any brothers?" "Any sisters?"."""
    last = discourse.turns[-1]
    if before := _ANY_BEFORE.match(last.question):
        return f"{before['opener']}any {what}?"
    if discourse.topic and len(what.split()) <= 3:
        return f"Did {discourse.topic.name} have any {what}?"
    return None


def _like(what: str, last: Said, discourse: Discourse) -> str | None:
    """Ask the question before of somebody or something else of the same kind."""
    question = last.question
    if _PREPOSED.match(what):
        if place := _same_preposition(what, question):
            return question[: place[0]] + what + question[place[1] :]
        return re.sub(r"[ ?.!]*$", f" {what}?", question)
    new = discourse.mentions(what)
    kind = next((m for m in new if m.start == 0 and m.end >= len(what) - 2), None)
    if old := _alike(kind, question, last):
        before = question[: old.start]
        if kind and kind.phrase:
            before = _agreeing(before, kind.plural)
        return before + what + question[old.end :]
    return None


def _agreeing(before: str, plural: bool) -> str:
    """Let the auxiliary that ends `before` agree with a new subject."""
    found = re.search(r"(?i)\b(do|does|is|are|was|were|has|have)(?=(?:n['’]t)? $)", before)
    if found is None:
        return before
    pairs = (("does", "do"), ("is", "are"), ("was", "were"), ("has", "have"))
    forms = {form: pair[plural] for pair in pairs for form in pair}
    return before[: found.start()] + forms[found[1].lower()] + before[found.end() :]


def _same_preposition(what: str, question: str) -> tuple[int, int] | None:
    first = what.split()[0]
    found = re.search(rf"(?i)\b{first} (?:the |a |an )?[\w'’-]+(?=[ ?.!]*$)", question)
    return found.span() if found else None


def _alike(kind: Mention | None, question: str, last: Said) -> Mention | None:
    """Return the part of the last question that the new one takes the place of."""
    parts = [m for m in last.in_question if not m.owner]
    subject = subject_of(question, last.in_question)
    if kind is None or kind.person is None:
        return subject or (parts[-1] if parts else None)
    fitting = [m for m in parts if m.person == kind.person]
    loose = [m for m in parts if m.person is None]
    if subject in fitting:
        return subject
    owners = [m for m in last.in_question if m.owner and m.person == kind.person]
    return next(iter([*fitting[-1:], *loose[-1:], *owners[-1:]]), None)


def correction(text: str, discourse: Discourse) -> str | None:
    """Return the question before with what a correction puts right: "no, I meant the brother"."""
    found = _CORRECTION.match(text)
    if found is None or not discourse.turns:
        return None
    what = (found["what"] or found["plain"]).strip()
    if _QUESTION.match(what):
        return what[:1].upper() + what[1:] + "?"
    last = discourse.turns[-1]
    for filled in last.filled:  # what the program had put in is what it got wrong
        at = last.question.find(filled.name)
        if at >= 0:
            end = at + len(filled.name)
            what_ = what[:1].upper() + what[1:] if at == 0 else what
            return last.question[:at] + what_ + last.question[end:]
    return _like(what, last, discourse)


def pointed(text: str, discourse: Discourse) -> str:
    """Put in words what "before that", "the other one", "the second" and "those two" point to."""
    if not discourse.turns:
        return text
    last = discourse.turns[-1]
    if found := _POINTER.search(text):
        told = clause(last.question, last.answer, last.in_question)
        if told:
            text = text[: found.start()] + f"{found['when']} {told}" + text[found.end() :]
    if found := _HOW_MANY.match(text):
        many = next((e.mention for e in discourse.entities() if e.mention.plural), None)
        if many:
            of = f" of {many.name}" if many.phrase else f" {many.name}"
            return found["how"] + of + text[found.end("how") :]
    return _of_pair(text, discourse)


def told(text: str, discourse: Discourse) -> str:
    """Say what an "it" at the end stands for that means all that was told: "took it that …"."""
    found = _EVENT.search(text)
    if found is None or not discourse.turns or not is_base(found["verb"]):
        return text
    last = discourse.turns[-1]
    said = clause(last.question, last.answer, last.in_question)
    return f"{text[: found.start('what')]}it that {said}?" if said else text


def _of_pair(text: str, discourse: Discourse) -> str:
    pair = _pair(discourse)
    if pair is None:
        return text
    whole, first, second = pair
    if found := _OTHER.search(text):
        used = {m.key for m in discourse.turns[-1].in_question}
        other = second if first.key in used else first if second.key in used else None
        if other is not None:
            return text[: found.start()] + other.name + text[found.end() :]
    if found := _ORDINAL.search(text):
        chosen = first if found["which"].lower() in {"first", "former"} else second
        return text[: found.start()] + chosen.name + text[found.end() :]
    if found := _BOTH.search(text):
        return text[: found.start()] + whole + text[found.end() :]
    return text


def _pair(discourse: Discourse) -> tuple[str, Mention, Mention] | None:
    """Return the latest two that were spoken of together: "Anna and her brother"."""
    for said in reversed(discourse.turns[-4:]):
        for mentions in (said.in_answer, said.in_question):
            found = _coordinated(mentions)
            if found:
                return found
    return None


def _coordinated(mentions: Sequence[Mention]) -> tuple[str, Mention, Mention] | None:
    for mention in mentions:
        keys = mention.key.split(" & ")
        if len(keys) == 2:
            parts = [next((m for m in mentions if m.key == key), None) for key in keys]
            if parts[0] and parts[1]:
                return f"{parts[0].name} and {parts[1].name}", parts[0], parts[1]
    return None
