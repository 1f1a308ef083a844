"""Verbs by their stems: which say the same, which the opposite, and which make it happen.

The classes follow Levin, English Verb Classes and Alternations (1993), cut down to verbs that mean
the same in a story; what a verb does to the clause below it follows Karttunen, Implicative Verbs
(1971).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from index.lexical import stem, word_parts

__all__ = [
    "FACTIVE",
    "IMPLICATIVE",
    "NEGATIVE",
    "REPORTING",
    "lemma",
    "mutual",
    "opposite",
    "verb_key",
    "verb_keys",
]

IMPLICATIVE = frozenset(
    "manage begin start continue come go proceed end finish keep happen get help dare remember "
    "stop cease see hear watch feel find make force cause lead turn succeed bother rush hurry run "
    "return stay sit stand use persuade".split()
)
"""Verbs below which an infinitive or a participle tells what did happen."""

NEGATIVE = frozenset("refuse decline fail forget neglect avoid prevent forbid stop cease".split())
"""Verbs below which an infinitive tells what did not happen."""

FACTIVE = frozenset(
    "know learn discover realise realize see hear watch notice find remember reveal show admit "
    "confess confirm recognise recognize regret forget explain mean follow happen note".split()
)
"""Verbs whose that-clause is true where they are."""

REPORTING = frozenset(
    "say tell claim insist swear believe think suppose suspect fear hope wish dream imagine "
    "promise threaten accuse suggest declare reply answer ask cry shout whisper announce assure "
    "boast pretend argue doubt expect guess assume".split()
)
"""Verbs whose clause somebody says or thinks: it may be false."""

_CLASSES = (
    "kill murder slay execute assassinate slaughter",
    "steal pilfer swipe",
    "kidnap abduct",
    "marry wed",
    "begin start commence",
    "end finish conclude",
    "help assist aid",
    "save rescue",
    "escape flee",
    "meet encounter",
    "buy purchase",
    "send deliver",
    "find discover learn",
    "shout yell",
    "hit strike punch",
    "repair mend fix",
    "speak talk",
    "own possess",
    "wish want desire",
    "ring phone telephone call",
    "weep cry sob",
    "show reveal",
    "hide conceal",
    "love adore",
    "hate loathe detest",
    "permit allow let",
    "apologise apologize",
    "climb clamber",
    "squeeze press",
    "frighten scare terrify",
    "jump leap spring",
    "beat thrash",
    "throw hurl fling toss",
    "live dwell reside",
    "deceive trick cheat fool",
    "torture torment",
    "free release liberate",
    "shut close",
    "build construct",
    "vow promise",
    "tear rip",
    "drop spill",
    "devour swallow",
    "chase pursue",
    "obtain acquire",
    "recognise recognize",
)
_OPPOSITES = (
    "live die",
    "survive die",
    "remember forget",
    "agree refuse",
    "agree decline",
    "accept refuse",
    "accept decline",
    "accept reject",
    "succeed fail",
    "love hate",
    "win lose",
    "stay leave",
    "open close",
    "spare kill",
    "arrive leave",
    "keep lose",
)
_MUTUAL = "meet marry fight talk quarrel agree resemble"
# Past and participle where the stem does not show the verb; those that are like a noun left out.
_IRREGULAR = (
    "be:am is are was were been|have:has had having|do:did done|go:went gone|say:said|see:saw seen"
    "|take:took taken|give:gave given|get:got gotten|make:made|know:knew known|find:found"
    "|think:thought|tell:told|come:came|leave:left|feel:felt|bring:brought|begin:began begun"
    "|keep:kept|hold:held|write:wrote written|stand:stood|hear:heard|meet:met|run:ran|pay:paid"
    "|sit:sat|speak:spoke spoken|lie:lay lain|lead:led|grow:grew grown|lose:lost|fall:fell fallen"
    "|send:sent|build:built|draw:drew drawn|break:broke broken|spend:spent|drive:drove driven"
    "|buy:bought|wear:wore worn|choose:chose chosen|steal:stole stolen|shoot:shot|slay:slew slain"
    "|fight:fought|catch:caught|teach:taught|win:won|sell:sold|eat:ate eaten|drink:drank drunk"
    "|sleep:slept|throw:threw thrown|hide:hid hidden|forget:forgot forgotten|rise:rose risen"
    "|forgive:forgave forgiven|betray:betrayed|swear:swore sworn|tear:tore torn|bite:bit bitten"
    "|ride:rode ridden|sing:sang sung|swim:swam swum|ring:rang rung|fly:flew flown|flee:fled"
    "|bind:bound|strike:struck stricken|sink:sank sunk|seek:sought|weep:wept|creep:crept"
    "|sweep:swept|stab:stabbed|hang:hung|dig:dug|stick:stuck|bear:bore borne|shake:shook shaken"
    "|freeze:froze frozen|wake:woke woken|feed:fed|bleed:bled|become:became|show:shown|beat:beaten"
    "|marry:married|bury:buried|die:died dying|carry:carried|lend:lent|bend:bent|spare:sparing"
    "|free:freed"
)


@lru_cache(maxsize=1)
def _forms() -> Mapping[str, str]:
    pairs = (entry.split(":") for entry in _IRREGULAR.split("|"))
    return {form: base for base, forms in pairs for form in forms.split()}


@lru_cache(maxsize=1)
def _keys() -> Mapping[str, str]:
    return {stem(verb): stem(group.split()[0]) for group in _CLASSES for verb in group.split()}


@lru_cache(maxsize=1)
def _against() -> frozenset[frozenset[str]]:
    return frozenset(frozenset(verb_key(verb) for verb in pair.split()) for pair in _OPPOSITES)


@lru_cache(maxsize=1)
def _both_ways() -> frozenset[str]:
    return frozenset(map(verb_key, _MUTUAL.split()))


def lemma(form: str) -> str:
    """Return the base form of an irregular verb's form, and other words in lower case as is."""
    return _forms().get(form.lower(), form.lower())


def verb_key(form: str) -> str:
    """Return what all forms of a verb share, and all verbs of its class: a stem."""
    base = stem(lemma(form))
    return _keys().get(base, base)


def verb_keys(text: str) -> set[str]:
    """Return the keys (see `verb_key`) of all words of `text` that carry meaning."""
    return {verb_key(word) for word in word_parts(text)}


def opposite(left: str, right: str) -> bool:
    """Tell whether two keys (see `verb_key`) are those of opposite verbs."""
    return frozenset((left, right)) in _against()


def mutual(verb: str) -> bool:
    """Tell whether both sides do what the key (see `verb_key`) says: that Ben met Anna, she him."""
    return verb in _both_ways()
