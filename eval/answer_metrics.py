"""How near a short answer comes to the accepted ones."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

__all__ = ["RIGHT_F1", "best", "exact_match", "normalise", "rouge_l", "token_f1"]

RIGHT_F1 = 0.5
"""Token F1 from which on an answer counts as right: `accuracy` is the share of these."""

_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise(text: str) -> str:
    """Return `text` in lower case, without ASCII punctuation, articles and spare white space.

    Source: the official SQuAD evaluation script (Rajpurkar et al. 2016).
    """
    return " ".join(_ARTICLE.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def exact_match(answer: str, reference: str) -> float:
    """Return 1 where both are the same once normalised, else 0 (EM; Rajpurkar et al. 2016)."""
    return float(normalise(answer) == normalise(reference))


def token_f1(answer: str, reference: str) -> float:
    """Return the F1 of the words of `answer` and `reference`, as bags (Rajpurkar et al. 2016).

    Where either has no word left, 1 if both have none, else 0 (Rajpurkar et al. 2018).
    """
    given, wanted = normalise(answer).split(), normalise(reference).split()
    if not given or not wanted:
        return float(given == wanted)
    shared = (Counter(given) & Counter(wanted)).total()
    return 2 * shared / (len(given) + len(wanted))


def rouge_l(answer: str, reference: str) -> float:
    """Return the F1 of the longest common subsequence of stemmed words (ROUGE-L; Lin 2004).

    As the `rouge_score` package computes it, with its Porter stemmer.
    """
    return float(_rouge().score(reference, answer)["rougeL"].fmeasure)


def best(
    metric: Callable[[str, str], float], answer: str | None, references: Sequence[str]
) -> float:
    """Return the metric against the reference it is best for; 0 where there is no answer."""
    if not answer:
        return 0.0
    return max((metric(answer, reference) for reference in references), default=0.0)


@lru_cache(maxsize=1)
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], use_stemmer=True)
