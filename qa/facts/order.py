"""Which part of a story a question points to by time: "after he left", "first", "in the end"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.question import STORY, Question

__all__ = ["BACKWARDS", "Order", "asked_order"]

_RELATIONS = r"after|before|when|once|as soon as|while|until"
_NEAR = r"(?:(?:right|just|shortly|soon|immediately|directly|straight|next|then) )*"
_HAPPEN = (
    r"what (?:else |exactly )?(?:happen(?:s|ed)|occur(?:s|red)|follow(?:s|ed)|comes|came|took place"
    r"|takes place|(?:do|does|did) (?P<doer>.+?) do)(?: to (?P<whom>.+?))?(?: next| then)?"
)
_BEHIND = re.compile(
    rf"^(?:and )?{_HAPPEN} {_NEAR}(?P<relation>{_RELATIONS}) (?P<anchor>.+)$", re.I
)
_IN_FRONT = re.compile(
    rf"^(?:and )?{_NEAR}(?P<relation>{_RELATIONS}) (?P<anchor>.+), {_HAPPEN}$", re.I
)
_EDGE = re.compile(
    r"^what(?: is the (?P<nth>first|last) thing that)? happens?(?:ed)?"
    r"(?: (?P<edge>first|last|finally|(?:in|at) the (?:very )?(?:end|beginning|start)))?"
    rf"(?: (?:of|in) (?:the|this) {STORY})?$",
    re.I,
)
_ENDS = re.compile(
    r"^how (?:(?:do|does|did) )?"
    rf"(?:it|everything|things|(?:the|this) {STORY})"
    r" (?:all )?(?P<edge>end|start|begin|finish|conclude)(?:s|ed)?$",
    re.I,
)
_CALLED = re.compile(
    r"^(?:what(?:['’]s| is| was)|tell me) (?:the|its) (?P<edge>end|start|begin)(?:ing|ning)?"
    rf"(?: (?:of|to|in) (?:the|this) {STORY})?$",
    re.I,
)
_CLAUSE_OF_TIME = re.compile(rf"\b(?P<relation>{_RELATIONS}) (?P<anchor>\w.+)$", re.I)
BACKWARDS = frozenset({"before", "until"})
"""Words for what came earlier."""


@dataclass(frozen=True, slots=True)
class Order:
    """A place in the order of events: before, or after, what `anchor` says.

    `anchor` is "" for the beginning of the story (`forwards`) or its end. `doer` is who must act
    and `whom` who must take part, "" for anybody. `whole` where the question asks for the event
    itself, and not only for something of that time.
    """

    anchor: str
    forwards: bool
    doer: str = ""
    whom: str = ""
    whole: bool = True


def asked_order(question: Question) -> Order | None:
    """Return which part of the story `question` points to by time, or None where it does not."""
    text = question.text.rstrip(" ?!.")
    found = _BEHIND.match(text) or _IN_FRONT.match(text)
    if found:
        relation, doer = found["relation"].lower(), found["doer"] or ""
        # "What did she do when he fell?" may ask for what she did at the same time.
        whole = relation not in {"when", "while", "until"} or not doer
        return Order(found["anchor"], relation not in BACKWARDS, doer, found["whom"] or "", whole)
    edge = _EDGE.match(text) or _ENDS.match(text) or _CALLED.match(text)
    named = " ".join(filter(None, edge.groupdict().values())).lower() if edge else ""
    if named:
        return Order("", forwards=any(w in named for w in ("first", "begin", "start")))
    clause = _CLAUSE_OF_TIME.search(text)
    if clause and clause["relation"].lower() in {"after", "before"}:
        return Order(clause["anchor"], clause["relation"].lower() == "after", whole=False)
    return None
