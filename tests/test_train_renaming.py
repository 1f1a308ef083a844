import random

from qa.train.data import Document, Example, tell_sentences
from qa.train.renaming import pool, renaming
from qa.train.targets import Target

TEXT = (
    "In the hut old Perrin met Marla, and she gave Perrin a lamp. He thanked Marla. "
    "She left by ferry; then Perrin's dog, Green, barked. The green ferry of Perrin sank."
)
OTHER = (
    "One day in spring Aldous woke, and he cursed. Later old Berit and her cat saw Aldous. "
    "When Corvin fell, he wept; when Doreth fell, she did not. To Elspa and her hen that was one, "
    "as to Fenn, who had lost his."
)


def story(name, text):
    return Document(name, text, tell_sentences(text))


STORY, WORDS = story("a", TEXT), pool([story("a", TEXT), story("b", OTHER)])


def test_the_pool_has_names_by_gender_and_no_words_of_other_kinds():
    assert "Marla" in WORDS["f"]
    assert "Aldous" in WORDS["m"]
    assert not {"Green", "In", "She", "The"} & {w for ws in WORDS.values() for w in ws}


def test_names_change_everywhere_and_nothing_else_does():
    new = renaming(STORY, WORDS, random.Random(1))
    assert new.words
    back = new.document.text
    for old, word in new.words.items():
        assert old not in back
        assert TEXT.count(old) == back.count(word)
        back = back.replace(word, old)
    assert back == TEXT
    assert new.document.name != STORY.name
    cut = [new.document.text[a:b] for a, b in new.document.sentences]
    assert len(cut) == len(STORY.sentences)
    assert cut[-1].startswith("The green ferry")
    assert cut[-1].endswith("sank.")


def test_questions_answers_and_places_follow():
    new = renaming(STORY, WORDS, random.Random(1))
    place = TEXT.index("Perrin's dog")
    told = Example(
        "Whose dog barked at Marla?",
        STORY,
        ("Perrin's", "old Perrin"),
        (place, len(TEXT)),
        ((place, place + 6),),
    )
    found = new.example(told)
    perrin, marla = (new.words.get(w, w) for w in ("Perrin", "Marla"))
    assert found.question == f"Whose dog barked at {marla}?"
    assert found.answers == (f"{perrin}'s", f"old {perrin}")
    (a, b) = found.spans[0]
    assert found.document.text[a:b] == perrin
    assert found.region == (a, len(found.document.text))
    (target,) = new.targets([Target(place, place + 6, 0.5)])
    assert (target.start, target.end, target.weight) == (a, b, 0.5)


def test_the_same_draw_gives_the_same_names():
    first, second = (renaming(STORY, WORDS, random.Random(3)) for _ in range(2))
    assert first.document == second.document
    assert any(renaming(STORY, WORDS, random.Random(n)).words != first.words for n in range(9))


def test_without_names_to_take_a_story_stays_as_it_is():
    new = renaming(STORY, pool([]), random.Random(0))
    assert new.document.text == TEXT
    assert new.words == {}
