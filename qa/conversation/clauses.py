"""Questions and their answers turned into clauses and into other questions, by rule.

"Who tortured Anna?" and "Berg's men" give "Berg's men tortured Anna" and "Why did Berg's men
torture Anna?". Where a question has a form that the rules do not know, nothing is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qa.conversation.inflection import base_form, is_base, is_inflected, past_form, third_form
from qa.conversation.mentions import Mention

__all__ = [
    "Asked",
    "asked",
    "clause",
    "is_clause",
    "is_negative",
    "open_question",
    "short",
    "unprefixed",
]

_BE = "is|are|was|were|am"
_DO = "do|does|did"
_AUXILIARY = rf"(?:{_BE}|{_DO}|has|have|had|can|could|will|would|should|may|might|must)"
_WH = r"(?:who|whom|whose|what|which|when|where|why|how)"
_SHAPE = re.compile(
    rf"(?i)^(?P<lead>(?:and|but|so|or|then)[, ]+)*(?P<before>(?:to|from|with|by|at|in|for|of) )?"
    rf"(?:(?P<wh>{_WH}(?: (?:else|many|much|long|old|often|far|not|exactly|come))*)"
    rf"(?P<of>(?: (?!{_AUXILIARY}\b)[\w'’-]+){{0,6}}?))?"
    rf" ?(?:\b(?P<aux>{_AUXILIARY})(?P<neg>n['’]t)?\b|['’](?P<short>s)\b) (?P<rest>.+?)[ ?.!]*$"
)
_SUBJECT_SHAPE = re.compile(
    r"(?i)^(?:(?:and|but|so) )?(?P<wh>who(?! else)|what|which(?: [\w'’-]+){1,4}?)"
    r" (?P<verb>[\w-]+)\b(?P<rest>.*?)[ ?.!]*$"
)
_LEAD = re.compile(r"(?i)^(?:because|yes|no)\b[:,]?\s*")
_BESIDES = re.compile(rf"(?i)^besides .+?, (?=(?:{_WH}|{_AUXILIARY}|any)\b)")
_LONG = 12
_PLAIN: Mapping[str, Callable[[str], str]] = {"did": past_form, "does": third_form, "do": str}
_PREPOSITION = re.compile(
    r"(?i)^(?:in|at|on|from|to|into|by|with|under|near|behind|through|over|after|before|during|for"
    r"|out of|because of|inside|outside|beneath|between|around|along|across|towards?)\b"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart.

    Attributes:
        wh: what asks, with the noun that goes with it ("which hotel"), "" for a yes/no question.
        aux: the auxiliary, "" where the wh-word is the subject of a full verb.
        negated: whether the auxiliary ends in "n't".
        rest: all that follows the auxiliary or, without one, the verb and what follows it.
        of_subject: whether the wh-word is the subject.
    """

    wh: str
    aux: str
    negated: bool
    rest: str
    of_subject: bool


def unprefixed(question: str) -> str:
    """Return a question without the "besides …" that stands before it."""
    rest = _BESIDES.sub("", question)
    return rest if rest == question else rest[:1].upper() + rest[1:]


def asked(question: str) -> Asked | None:
    """Take a question apart; None where its form is not known."""
    shape = _SHAPE.match(question)
    plain = _SUBJECT_SHAPE.match(question)
    if plain and (is_inflected(plain["verb"]) or is_base(plain["verb"])):
        verb = plain["verb"].lower()
        if not re.fullmatch(_AUXILIARY, verb):
            return Asked(plain["wh"], "", False, plain["verb"] + plain["rest"], True)
    if shape is None:
        return None
    wh = ((shape["before"] or "") + (shape["wh"] or "") + (shape["of"] or "")).strip()
    aux = (shape["aux"] or "is").lower()
    subject = bool(re.match(r"(?i)(?:who|what|which)\b", wh)) and _lacks_subject(shape["rest"], aux)
    return Asked(wh, aux, bool(shape["neg"]), shape["rest"], subject)


def _lacks_subject(rest: str, aux: str) -> bool:
    """Tell whether what follows the auxiliary is no subject: "was on his trail", "is killed"."""
    first = rest.split()[0].lower()
    if aux in {"do", "does", "did"}:
        return False
    return (
        first in {"there", "able", "responsible", "behind", "with", "not", "the", "also"} - {"the"}
        or bool(_PREPOSITION.match(rest))
        or (first.islower() and first.endswith(("ed", "ing", "en")) and len(first) > 4)
        or (aux in {"has", "have", "had"} and is_inflected(first))
        or (aux not in {"has", "have", "had", *_BE.split("|")} and is_base(first))
    )


def short(answer: str, most: int = _LONG) -> str:
    """Return an answer fit to stand within a sentence: "" where there is none, or a long one."""
    text = _LEAD.sub("", answer.strip()).strip(' .!"“”,;:')
    if not text or len(text.split()) > most or re.search(r"[.!?;] ", text):
        return ""
    first = text.split()[0]
    known = re.fullmatch(
        r"The|A|An|His|Her|Their|Its|He|She|It|They|In|On|At|To|From|By|With|One|Two|Three|Some"
        r"|Into|After|Before|Under|Through|For|Because|This|That|These|Those|When|While|As|Out|Near",
        first,
    )
    return text[:1].lower() + text[1:] if known else text


def is_negative(answer: str) -> bool:
    """Tell whether an answer to a yes/no question says no."""
    return bool(re.match(r"(?i)\s*no\b", answer))


def open_question(wh: str, question: str, answer: str) -> str | None:
    """Ask `wh` ("why", "from where") of what a question and its answer tell; None for no form."""
    parts = asked(question)
    if parts is None:
        return None
    given = short(answer)
    opener = wh[:1].upper() + wh[1:]
    if re.match(r"(?i)what (?:happen|occur|took place|went on)", question) or re.match(
        r"(?i)what (?:has|had) happened", question
    ):
        told = short(answer, 20)
        if told and is_clause(told):
            return f"{opener} is it that {told}?"
        about = re.match(r"(?i)what (?:has |had )?happen\w*( (?:to|with) [^?]+)", question)
        return f"{opener} did that happen{about[1]}?" if about else None
    if parts.of_subject:
        return _of_subject(opener, parts, given or _somebody(parts))
    aux, rest = parts.aux, parts.rest
    no = is_negative(answer) and not parts.wh
    if re.match(r"(?i)why", parts.wh) and wh.lower().startswith("why"):
        told = short(_LEAD.sub("", answer), 20)
        return f"Why is it that {told}?" if told and is_clause(told) else None
    if no and not parts.negated and wh.lower().startswith("why"):
        aux = _negated(aux)
    return f"{opener} {aux} {_completed(parts, rest, given)}?"


def _completed(parts: Asked, rest: str, given: str) -> str:
    """Return the rest of a question with the answer where the wh-word came from."""
    wh = parts.wh.lower()
    if not wh or not given or re.match(r"how\b|why\b", wh):
        return rest
    if re.match(r"(?:when|where)\b", wh):
        return f"{rest} {given}" if _PREPOSITION.match(given) else rest
    if re.search(r"\bdo(?: |$)", rest) and re.match(r"what\b", wh):
        verb, _, after = given.partition(" ")
        if not (is_inflected(verb) or is_base(verb)):
            return rest
        said = f"{base_form(verb)} {after}".strip()
        return re.sub(r"\bdo(?: (?:to|with|about) [^,?]+)?(?= |$|,)", said, rest, count=1)
    if is_inflected(given.split()[0]) or len(given.split()) > 7:
        return rest
    if dangling := re.search(r" (?:to|from|with|by|at|for|of|about|in|on)$", rest):
        return f"{rest[: dangling.end()]} {given}"
    place = re.search(r" (?:in|at|on|for|to|from|when|while|after|before|with)\b", rest)
    at = place.start() if place else len(rest)
    return f"{rest[:at]} {given}{rest[at:]}"


def _of_subject(opener: str, parts: Asked, given: str) -> str | None:
    if parts.aux:
        return f"{opener} {parts.aux} {given} {parts.rest}?"
    verb, _, after = parts.rest.partition(" ")
    aux = "do" if is_base(verb) else "does" if _third(verb) else "did"
    return f"{opener} {aux} {given} {base_form(verb)} {after}".strip() + "?"


def _third(verb: str) -> bool:
    return verb.endswith("s") and is_base(base_form(verb)) and past_form(base_form(verb)) != verb


def _somebody(parts: Asked) -> str:
    noun = re.sub(r"(?i)^(?:who|what|which)\s*", "", parts.wh)
    return f"the {noun}" if noun else "somebody" if parts.wh.lower() == "who" else "something"


def clause(question: str, answer: str, mentions: Sequence[Mention]) -> str | None:
    """Return what a question and its answer tell, as a clause that "after" can stand before.

    Args:
        question: one that stands alone.
        answer: the answer to it.
        mentions: what the question speaks of.
    """
    parts = asked(question)
    if parts is None:
        return None
    if re.match(r"(?i)what (?:happen|occur)", question):
        told = short(answer, 20)
        return told if told and is_clause(told) else None
    given = short(answer)
    if parts.of_subject:
        if not given:
            return None
        return f"{given} {parts.aux} {parts.rest}" if parts.aux else f"{given} {parts.rest}"
    rest = parts.rest
    subject = next((rest[: m.end - m.start] for m in mentions if _opens(m, question, rest)), None)
    if subject is None:
        words = rest.split()
        at = next((n for n, w in enumerate(words[1:], 1) if is_base(w)), None)
        if at is None or parts.aux not in {"do", "does", "did"}:
            return None
        subject = " ".join(words[:at])
    after = _completed(parts, rest, given)[len(subject) :].strip()
    if parts.aux in _PLAIN and not is_negative(answer):
        verb, _, more = after.partition(" ")
        return f"{subject} {_PLAIN[parts.aux](verb)} {more}".strip()
    aux = _negated(parts.aux) if is_negative(answer) and not parts.wh else parts.aux
    return f"{subject} {aux} {after}".strip()


def _opens(mention: Mention, question: str, rest: str) -> bool:
    """Tell whether the mention stands at the beginning of the question's rest."""
    at = question.find(rest)
    return at >= 0 and mention.start == at and not mention.owner


def is_clause(text: str) -> bool:
    """Tell whether a text has a subject and a finite verb, as far as its words show."""
    words = re.findall(r"[\w'’-]+", text)
    return any(is_inflected(word) for word in words[1:]) and not is_inflected(words[0])


def _negated(aux: str) -> str:
    return {"can": "can't", "will": "won't", "am": "am not"}.get(aux, aux + "n't")
