"""Which readings of a question are asked where it is not sure what is meant, and whose answer wins.

A reading counts as much as it is likely, and its answer as much as it is probable: the product
decides, so that a doubtful reading has to be answered better. Only where there is doubt is more
than one asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.conversation.understanding import Understood
from qa.question import MAX_CHARS, QuestionType, analyse
from qa.records import Answer

__all__ = ["Wording", "likeliest", "wordings"]


@dataclass(frozen=True, slots=True)
class Wording:
    """A question to ask: its text, how likely it is what is meant, and what is known already.

    `known` is what an answer may not merely repeat, "" where that does not matter.
    """

    text: str
    weight: float = 1.0
    known: str = ""


def wordings(asked: str, understood: Understood) -> tuple[Wording, ...]:
    """Return the readings of `asked` to try, the one that is understood first.

    Where it is not sure whom a pronoun means or what a fragment stands for, the original is tried
    too, but for yes/no questions: without a name there is nothing to confirm. A question for more
    ("Besides Anna, who else …") is tried without what is known already as well.
    """
    if understood.text is None or len(understood.text) > MAX_CHARS:
        return (Wording(asked),)
    found = [Wording(understood.text, understood.sure)]
    if understood.plain:
        found.append(Wording(understood.plain, understood.sure, understood.known))
    elif understood.sure < 1 and analyse(asked).type is not QuestionType.YES_NO:
        found.append(Wording(asked, 1 - understood.sure))
    return tuple(found)


def likeliest(tried: Sequence[tuple[Wording, Answer]]) -> Answer:
    """Return the answer of the likeliest reading and answer together; the first where they tie.

    Args:
        tried: at least one reading with its answer, the one that is understood first. The others
            count only where the story answers them, with more than what is known already.
    """
    return max(
        (
            (wording.weight * answer.confidence, -place, answer)
            for place, (wording, answer) in enumerate(tried)
            if place == 0 or (answer.answerable and not _repeats(answer, wording.known))
        ),
        key=lambda scored: scored[:2],
    )[2]


def _repeats(answer: Answer, known: str) -> bool:
    """Tell whether all that is answered is known already."""
    said = set(re.findall(r"\w+", (answer.short_answer or "").lower()))
    return bool(known) and said - {"the", "a", "an"} <= set(re.findall(r"\w+", known.lower()))
