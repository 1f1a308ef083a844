"""Forms of English verbs, by rule and a list of the irregular ones: no model.

The rules are those of Quirk et al., A Comprehensive Grammar of the English Language (1985),
sections 3.5 to 3.10; where the spelling leaves two bases open ("hoped", "stopped"), the one that is
a common verb is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

__all__ = ["base_form", "gerund", "is_base", "is_inflected", "past_form", "third_form"]

# base past participle; the participle is left out where it is like the past
_IRREGULAR = """\
be was been|have had|do did done|go went gone|say said|see saw seen|take took taken|give gave given
get got gotten|make made|know knew known|find found|think thought|tell told|come came come
leave left|feel felt|bring brought|begin began begun|keep kept|hold held|write wrote written
stand stood|hear heard|meet met|run ran run|pay paid|sit sat|speak spoke spoken|lie lay lain
lead led|grow grew grown|lose lost|fall fell fallen|send sent|build built|draw drew drawn
break broke broken|spend spent|drive drove driven|buy bought|wear wore worn|choose chose chosen
steal stole stolen|shoot shot|slay slew slain|fight fought|catch caught|teach taught|win won
sell sold|eat ate eaten|drink drank drunk|sleep slept|throw threw thrown|hide hid hidden
forget forgot forgotten|rise rose risen|forgive forgave forgiven|swear swore sworn|tear tore torn
bite bit bitten|ride rode ridden|sing sang sung|swim swam swum|ring rang rung|fly flew flown
flee fled|bind bound|strike struck|sink sank sunk|seek sought|weep wept|creep crept|sweep swept
hang hung|dig dug|stick stuck|bear bore borne|shake shook shaken|freeze froze frozen
wake woke woken|feed fed|bleed bled|become became become|show showed shown|beat beat beaten
lend lent|bend bent|light lit|mean meant|understand understood|lay laid|set set|put put|let let
cut cut|hit hit|hurt hurt|shut shut|cost cost|quit quit|read read|burst burst|spread spread
overhear overheard|withdraw withdrew withdrawn|undergo underwent undergone|deal dealt
dream dreamt|burn burnt|learn learnt|spin spun|spit spat|split split|swing swung|wind wound
blow blew blown|shine shone|shrink shrank shrunk|spring sprang sprung|stink stank stunk
sting stung|slide slid|kneel knelt|leap leapt|mistake mistook mistaken|foresee foresaw foreseen
overcome overcame overcome|overtake overtook overtaken|undertake undertook undertaken
"""
_COMMON = """\
accept accuse ache act add admire admit agree aim allow amuse announce annoy answer appear approach
argue arrange arrest arrive ask assign attack attend avoid beg behave believe belong betray blame
board borrow bother bury call capture care carry cause challenge change chase claim climb close
collect commit compare compete complain confess confront consider contain continue convince cook
copy create cry dance dare decide declare decline defeat defend deliver demand deny depart describe
desert deserve destroy die disappear discover disguise divide drag dress drop drown earn emerge
enjoy enter escape escort examine exchange excuse execute exist expect explain fail fear fill
finish fix follow force form gain gather greet guard guess guide hand handle happen hate help
hesitate hire hope hunt hurry ignore imagine inform inherit injure insist insult intend invade
invent invite join judge jump kick kidnap kill kiss knock land last laugh launch lend lick lift
like listen live lock look love manage marry matter mend mention mind miss mourn move murder name
need notice obey object offer open order owe paint pass perform persuade phone pick place plan
plant play plead plunge point poison possess pray prefer prepare pretend prevent promise propose
protect prove provide pull punish push question raise reach realise realize receive recognise
recognize record refuse regret reject relax release remain remember remind remove repair repeat
reply rescue resign respect rest return reveal reward rob roll ruin save scream search seem serve
settle shadow share shout sign smell smile smoke solve spare stab stare start stay stop struggle
succeed suffer suggest surprise survive suspect talk taste tease tempt thank threaten tie torture
touch tour train travel treat trick trust try turn urge use visit wait walk wander want warn wash
waste watch wave whisper wish witness work worry worship wound
"""

_STRESSED = frozenset("admit begin commit control forget occur permit prefer regret submit".split())
_VOWEL = "aeiou"


@lru_cache(maxsize=1)
def _irregular() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the base of each irregular form, and the past of each irregular base."""
    rows = [entry.split() for entry in re.split(r"[|\n]", _IRREGULAR) if entry]
    bases = {form: base for base, *forms in reversed(rows) for form in forms}
    bases |= dict.fromkeys(("am", "is", "are", "was", "were", "been"), "be")
    bases |= {"has": "have", "does": "do", "goes": "go"}
    return bases, {base: past for base, past, *_ in rows}


@lru_cache(maxsize=1)
def _bases() -> frozenset[str]:
    return frozenset(_COMMON.split()) | frozenset(_irregular()[1])


def is_base(word: str) -> bool:
    """Tell whether `word` is the base form of a common verb."""
    return word.lower() in _bases()


def is_inflected(word: str) -> bool:
    """Tell whether `word` looks like a finite form of a verb other than its base."""
    lowered = word.lower()
    if lowered in _irregular()[0] or (lowered.endswith("ed") and len(lowered) > 4):
        return True
    return lowered.endswith("s") and lowered != "s" and is_base(base_form(lowered))


def base_form(word: str) -> str:
    """Return the base of a verb's past, participle or third person; a base form as it is."""
    lowered = word.lower()
    if lowered in _irregular()[0] and not is_base(lowered):
        return _irregular()[0][lowered]
    if is_base(lowered):
        return lowered
    if lowered.endswith("ed") and len(lowered) > 3:
        return _without_ed(lowered)
    if lowered.endswith("s") and not lowered.endswith("ss") and len(lowered) > 3:
        return _without_s(lowered)
    return lowered


def past_form(base: str) -> str:
    """Return the simple past of a base form."""
    lowered = base.lower()
    if lowered in _irregular()[1]:
        return _irregular()[1][lowered]
    if lowered.endswith("e"):
        return lowered + "d"
    if lowered.endswith("y") and lowered[-2:-1] not in _VOWEL:
        return lowered[:-1] + "ied"
    return _doubled(lowered) + "ed"


def third_form(base: str) -> str:
    """Return the third person singular of the present."""
    lowered = base.lower()
    if lowered in {"be", "have"}:
        return "is" if lowered == "be" else "has"
    if lowered.endswith("y") and lowered[-2:-1] not in _VOWEL:
        return lowered[:-1] + "ies"
    return lowered + ("es" if re.search(r"(?:ch|sh|s|x|z|o)$", lowered) else "s")


def gerund(base: str) -> str:
    """Return the form in "-ing" of a base form."""
    lowered = base.lower()
    if lowered == "be":
        return "being"
    if lowered.endswith("ie"):
        return lowered[:-2] + "ying"
    if lowered.endswith("e") and not lowered.endswith(("ee", "oe", "ye")):
        return lowered[:-1] + "ing"
    return _doubled(lowered) + "ing"


def _doubled(base: str) -> str:
    """Double the last letter of a base that is stressed there: "stop", "plan", "begin"."""
    stressed = base in _STRESSED or re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", base)
    return base + base[-1] if stressed else base


def _without_ed(word: str) -> str:
    stem = word[:-2]
    if word.endswith("ied"):
        return word[:-3] + ("ie" if len(word) == 4 else "y")
    for candidate in (stem + "e", stem, stem[:-1]):
        if is_base(candidate):
            return candidate
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in "sfz":
        return stem if stem.endswith("ll") and len(stem) < 6 else stem[:-1]
    if re.search(r"(?:[cvuz]|[^n]g|[^s]s)$", stem):
        return stem + "e"
    if re.search(r"(?:[^aeiou][aiou][bdkmnprt]|[^aeiou]at|it|ut|[^aeiou]l)$", stem):
        return stem + ("" if re.search(r"(?:it|en|er|on|in|om|ll|rl|wl)$", stem) else "e")
    return stem


def _without_s(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + ("ie" if len(word) == 4 else "y")
    if re.search(r"(?:ch|sh|ss|x|zz|o)es$", word):
        return word[:-2]
    return word[:-1]
