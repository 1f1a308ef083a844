import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

from qa.decode import Scale
from qa.neural_reader import NeuralReader, load_tokenizer
from qa.question import analyse
from qa.train.__main__ import train_command
from qa.train.data import Document, tell_sentences
from qa.train.lessons import Plan, lessons
from qa.train.scale import fit_answerability, fit_windows, remembering
from qa.train.validate import Asked, validation_set


def squad_file(path, number, *, impossible=False):
    articles = []
    for n in range(number):
        text = f"Lamp {n} hung in a shed near Grimvale. Old Perrin lit it for Marlo on Fridays."
        asked = [
            {
                "question": f"Where did lamp {n} hang?",
                "id": f"{n}a",
                "answers": [{"text": "in a shed", "answer_start": text.index("in a shed")}],
            }
        ]
        if impossible:
            asked.append(
                {"question": "Who stole it?", "id": f"{n}b", "is_impossible": True, "answers": []}
            )
        articles.append({"title": str(n), "paragraphs": [{"context": text, "qas": asked}]})
    path.write_text(json.dumps({"data": articles}))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    marked = folder / "squad_format"
    marked.mkdir()
    for name in ("new_wiki", "reddit", "amazon"):
        squad_file(marked / f"squadshifts_{name}.json", 4)
    squad_file(marked / "qamr_wiki.json", 5)
    squad_file(marked / "squad2_part.json", 11, impossible=True)
    for split in ("train", "val"):
        questions = folder / "fairytaleqa" / "questions" / split
        stories = folder / "fairytaleqa" / "section-stories" / split
        questions.mkdir(parents=True)
        stories.mkdir(parents=True)
        for n in range(3):
            filler = " ".join(f"The miller slept through night {k}." for k in range(30))
            (stories / f"t{n}-story.csv").write_text(
                f'section,text\n1,"A king kept goat {n}. The goat ate a shirt."\n2,"{filler}"\n'
            )
            (questions / f"t{n}-questions.csv").write_text(
                "question_id,cor_section,question,ex-or-im1,answer1\n"
                "1,1,What did the goat of the king eat?,explicit,a shirt\n"
                f"2,1,What did the king keep?,explicit,goat {n}\n"
            )
    (folder / "narrativeqa").mkdir()
    (folder / "narrativeqa" / "summaries.csv").write_text(
        "document_id,set,summary\n"
        + "".join(f'd{n},valid,"In town, Ada hid {n} coins. Ivo saw Ada."\n' for n in range(83))
    )
    (folder / "narrativeqa" / "qaps.csv").write_text(
        "document_id,set,question,answer1,answer2\n"
        + "".join(f"d{n},valid,What did Ada hide?,{n} coins,coins\n" for n in range(83))
    )
    return folder


def make(data, seed=0, **plan):
    plan = {"tales_aside": 0, "plots_aside": 0, "own_views": 0, **plan}
    return lessons(data, load_tokenizer(), Plan(**plan), seed, lambda line: None)


def question(window):
    return load_tokenizer().decode(window.ids[1 : window.offset - 1].tolist())


def text(window):
    return load_tokenizer().decode(window.ids[1:].tolist())


def test_the_same_seed_gives_the_same_lessons(data):
    first, again, other = make(data), make(data), make(data, seed=1)
    rows = [[[w.ids.tolist() for w in g.windows] for g in found] for found in (first, again, other)]
    assert rows[0] == rows[1]
    assert rows[0] != rows[2]


def test_held_out_documents_are_not_learnt_from(data):
    seen = {text(w) for g in make(data) for w in g.windows}
    assert any("hid 79 coins" in t for t in seen)
    assert not any("hid 80 coins" in t for t in seen)
    squad2 = [t for t in seen if "stole it" in t]
    assert {n for n in range(11) if any(f"lamp {n} hung" in t for t in squad2)} == set(range(7))


def test_each_pass_has_all_stories_and_its_share_of_the_factual_questions(data):
    groups = make(data, altered=0.0, polar=0.0, foreign=0.0, passes=2)
    found = [text(g.windows[0]) for g in groups]
    assert sum("coins" in t for t in found) == 2 * 2 * 80
    assert sum("goat" in t for t in found) == 2 * 2 * 3
    told = ("goat", "coins", "stole")
    factual = [n for n, t in enumerate(found) if not any(word in t for word in told)]
    assert len(factual) == 12 + 5 + 2 * 7  # with those of SQuAD 2.0 that have answers, twice
    assert sum(n < len(found) / 2 for n in factual) == 9 + 7


def test_stories_that_are_kept_aside_are_not_learnt_from(data):
    seen = {text(w) for g in make(data, tales_aside=1, plots_aside=2) for w in g.windows}
    assert not any("goat 0" in t or "hid 1 coins" in t for t in seen)
    assert any("goat 1" in t for t in seen)
    assert any("hid 2 coins" in t for t in seen)


def test_every_kind_of_question_without_an_answer_is_there(data):
    groups = make(data, altered=1.0, foreign=1.0, elsewhere=1.0, passes=1)
    empty = [text(w) for g in groups for w in g.windows if not w.spans]
    assert any("goat of the miller eat" in t for t in empty)  # altered: another role
    assert any("stole it" in t for t in empty)  # SQuAD 2.0's own
    assert any("king eat" in t and "slept" in t for t in empty)  # elsewhere in the story
    assert any("ada hide" in t and "ada" not in t.split("[SEP]")[-1][10:] for t in empty)  # foreign
    together = [g for g in groups if len(g.windows) == 2]
    assert together
    for group in together:
        assert [bool(w.spans) for w in group.windows] == [True, False]


def test_yes_no_questions_are_made_true_and_false(data):
    groups = make(data, polar=1.0, elsewhere=0.0, passes=12, qamr=0)
    made = [g.windows[0] for g in groups if not g.taught]
    true, false = ({question(w) for w in made if bool(w.spans) is told} for told in (True, False))
    assert "did the king keep goat 1?" in true
    assert "did lamp 2 hang in a shed?" in true
    assert "did the king keep a shirt?" in false
    assert not true & false
    for window in made:
        for first, last, _ in window.spans:  # it has moved with the question's length
            assert first >= window.offset
            said = load_tokenizer().decode(window.ids[first : last + 1]).split()
            assert said[-1] in question(window)


def test_windows_are_no_longer_than_planned(data):
    groups = make(data, short=20, long=40)
    stories = [w for g in groups for w in g.windows if "slept" in text(w)]
    assert stories
    assert max(len(w.ids) - w.offset - 1 for w in stories) <= 40


def test_the_validation_set_is_the_same_each_time(data):
    rows = validation_set(data, limit=2)
    again = validation_set(data, limit=2)
    assert [(a.kind, a.question.text) for a in rows] == [(a.kind, a.question.text) for a in again]
    kinds = {a.kind for a in rows}
    assert kinds >= {"narrativeqa", "foreign", "fairytaleqa section", "squad2"}
    section = next(a for a in rows if a.kind == "fairytaleqa section")
    whole = next(a for a in rows if a.kind == "fairytaleqa whole")
    assert len(section.passages) < len(whole.passages)
    for a in rows:
        for p in a.passages:
            assert a.document.text[p.passage.start : p.passage.end] == p.passage.text


def network(ids, mask, types):
    """Likes the piece of "salt" as an answer; doubts questions that say "gold"."""
    salt, gold = (load_tokenizer().token_to_id(word) for word in ("salt", "gold"))
    likes = np.where((ids == salt) & (types == 1), 4.0, -4.0).astype(np.float32)
    doubts = np.where(((ids == gold) & (types == 0)).any(1), -2.0, 2.0).astype(np.float32)
    likes[:, 0] = -doubts
    return likes, likes.copy(), doubts


def asked(kind, question, answers=()):
    from index.records import Passage
    from qa.records import Retrieved

    words = "She sold salt. He left."
    document = Document("d", words, tell_sentences(words))
    passages = tuple(
        Retrieved(n, Passage(n, "d", words[a:b], a, b), 0.0)
        for n, (a, b) in enumerate(document.sentences, 1)
    )
    return Asked(kind, analyse(question), document, passages, tuple(answers))


def test_answerability_is_fitted_to_tell_the_two_apart():
    rows = [asked("squad2", "What was sold?", ["salt"]), asked("squad2", "Who sold gold?")] * 10
    scale = fit_answerability(network, rows, (Scale(window=0.5), 384))
    assert scale.window == 0.5
    reader = NeuralReader(network, load_tokenizer(), scale)
    known, unknown = (reader.read(a.question, a.passages).null_score for a in rows[:2])
    assert known < math.log(0.5) < unknown


def test_the_window_weight_is_chosen_on_the_stories():
    lines = []
    rows = [asked("narrativeqa", "What was sold?", ["salt"]), asked("squad2", "Who?", ["He"])]
    scale, length = fit_windows(network, rows, lines.append)
    assert (scale.window, length) == (0.0, 160)  # of equal ones the first
    assert len(lines) == 12
    assert all("'narrativeqa': 1.0" in line for line in lines)


def test_a_network_is_run_once_for_each_input():
    calls = []

    def run(ids, mask, types):
        calls.append(ids)
        return network(ids, mask, types)

    known = remembering(run)
    ids = np.array([[1, 2, 3]])
    first, again = (known(ids, ids, ids) for _ in range(2))
    known(ids + 1, ids, ids)
    assert len(calls) == 2
    assert all((a == b).all() for a, b in zip(first, again, strict=True))


def test_the_command_needs_its_folder():
    done = CliRunner().invoke(train_command, ["/no/such/folder"])
    assert done.exit_code == 2
    assert "does not exist" in done.output
