import json
import random

import pytest
from test_train_data import tale

from index.errors import DataError
from index.minilm import load_tokenizer
from qa.train.layout import laid_out
from qa.train.own import QUESTIONS, own
from qa.train.own_views import Views
from qa.train.source import Source

STORY = "Ada sold the boat to Ivo. Ivo never paid. In spring she took it back, for it was hers."
QUESTION = {"question": "Who sold it?", "answers": [{"text": "Ada", "answer_start": 0}]}


def asked(question, kind, *answers, evidence=None):
    row = {"question": question, "kind": kind}
    if answers:
        row["answers"] = [[STORY.index(a), STORY.index(a) + len(a)] for a in answers]
    if evidence:
        row["evidence"] = [STORY.index(evidence), STORY.index(evidence) + len(evidence)]
    return row


@pytest.fixture
def folder(tmp_path):
    rows = [
        {
            "title": "The boat",
            "text": STORY,
            "questions": [
                asked(
                    "Why did Ada take it back?",
                    "why",
                    "it was hers",
                    "hers",
                    evidence="for it was hers",
                ),
                asked("Did Ivo pay?", "no", evidence="Ivo never paid"),
                asked("Did Ada get it back?", "yes", evidence="she took it back"),
                asked("What colour was the boat?", "none"),
            ],
        },
        {"title": "Another", "text": STORY, "aside": True, "questions": [asked("Who?", "none")]},
    ]
    tales = [
        {"document": "goat", "stretch": [19, 31], "questions": [asked("Was it sick?", "none")]},
        {"document": "goat", "stretch": [0, 17], "questions": [asked("Whose hat?", "none")]},
        {"document": "unknown", "questions": [asked("Who?", "none")]},
    ]
    (tmp_path / "stories.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "fairytaleqa.jsonl").write_text("\n".join(map(json.dumps, tales)))
    (tmp_path / "narrativeqa.jsonl").write_text("")
    asked_of = {"document": "squadshifts_new_wiki/Boats/0", "questions": [asked("Who?", "none")]}
    (tmp_path / "squadshifts.jsonl").write_text(json.dumps(asked_of))
    return tmp_path


def paragraph(folder):
    """Write the public data with one encyclopaedic paragraph."""
    (folder / "squad_format").mkdir()
    article = {"title": "Boats", "paragraphs": [{"context": STORY, "qas": [QUESTION]}]}
    file = folder / "squad_format" / "squadshifts_new_wiki.json"
    file.write_text(json.dumps({"data": [article]}))


@pytest.fixture
def data(tmp_path):
    tale(tmp_path / "fairytaleqa", "train")
    paragraph(tmp_path)
    (tmp_path / "narrativeqa").mkdir()
    (tmp_path / "narrativeqa" / "summaries.csv").write_text("document_id,summary\nd,Plot.\n")
    (tmp_path / "narrativeqa" / "qaps.csv").write_text(
        "document_id,question,answer1,answer2\nd,Who?,Ann,Ann\n"
    )
    return tmp_path


def test_questions_know_their_spans_and_whether_yes(folder, data):
    why, no, yes, none, short, other, marked = own(data, aside=False, folder=folder)
    assert [STORY[a:b] for a, b in why.spans] == ["it was hers", "hers"]
    assert why.answers == ("it was hers", "hers")
    assert (no.affirmed, yes.affirmed, why.affirmed, none.affirmed) == (False, True, None, None)
    assert (no.answers, [STORY[a:b] for a, b in no.spans]) == (("no",), ["Ivo never paid"])
    assert (none.answers, none.spans) == ((), ())
    # of a public text only the stretch is read, and texts that are not there are left out
    assert short.document.text == "It was sick."
    assert other.document.text == "A goat ate a hat."
    assert short.document.name != other.document.name
    assert marked.document.text == STORY


def test_texts_set_aside_are_not_trained_on(folder, data):
    (example,) = own(data, aside=True, folder=folder)
    assert example.document.name == "own/Another"


def test_a_file_that_is_not_in_its_layout_is_named(folder, data):
    (folder / "stories.jsonl").write_text('{"title": "neither text nor document"}')
    with pytest.raises(DataError, match=r"cannot read the questions in .*stories\.jsonl"):
        list(own(data, aside=False, folder=folder))
    (folder / "stories.jsonl").unlink()
    with pytest.raises(DataError, match="No such file"):
        list(own(data, aside=False, folder=folder))


def test_every_shipped_answer_and_evidence_stands_in_its_story():
    for line in (QUESTIONS / "stories.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        assert row["text"].strip() == row["text"]
        for question in row["questions"]:
            where = (row["title"], question["question"])
            spans = [*question.get("answers", ()), *filter(None, [question.get("evidence")])]
            assert all(0 <= a < b <= len(row["text"]) for a, b in spans), where
            assert (question["kind"] == "none") == (not spans), where
            first, last = question.get("evidence") or (0, len(row["text"]))
            assert all(first <= a < b <= last for a, b in question.get("answers", ())), where


def test_of_public_texts_no_words_are_kept():
    for name in ("narrativeqa", "fairytaleqa", "squadshifts"):
        for line in (QUESTIONS / f"{name}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            assert set(row) <= {"document", "stretch", "aside", "questions"}
            for question in row["questions"]:
                assert set(question) <= {"question", "kind", "answers", "evidence"}
                assert all(type(n) is int for span in question.get("answers", ()) for n in span)


def test_what_the_program_reads_is_laid_out_in_story_order(folder, data):
    examples = list(own(data, aside=False, folder=folder))[:2]
    told = []
    found = laid_out(examples, load_tokenizer(), told.append)
    for example in examples:
        read = found[example.document.name, example.question]
        assert read == tuple(sorted(read))
        text = " ".join(STORY[a:b] for a, b in read)
        assert STORY[slice(*example.spans[0])] in text
    assert told == ["1 of 1 texts of our own questions laid out"]


@pytest.fixture
def views(folder, data):
    examples = list(own(data, aside=False, folder=folder))
    source = Source(load_tokenizer(), {}, random.Random(3))
    source.know(examples)
    return examples, Views(source, examples, 5, 40, 0.6, lambda _: None)


def read_in(window):
    tokenizer = load_tokenizer()
    ids = window.ids.tolist()
    return tokenizer.decode(ids[1 : window.offset - 1]), tokenizer.decode(ids[window.offset : -1])


def test_a_question_is_put_to_other_texts_which_do_not_answer_it(views):
    (why, *_), views = views
    found = [group for _ in range(30) for group in views.foreign(why)]
    assert 0 < len(found) < 30  # its own text is drawn as well
    texts = set()
    for group in found:
        question, text = read_in(group.windows[0])
        assert question == "why did ada take it back?"
        assert not group.windows[0].spans
        assert not group.taught
        texts.add(text)
    assert {"it was sick.", "a goat ate a hat."} <= texts


def test_a_question_is_altered_where_that_makes_it_false(views):
    (why, no, _, none, *_), views = views
    found = [group for _ in range(30) for group in views.altered(why)]
    assert found
    for group in found:
        question, text = read_in(group.windows[0])
        assert question != "why did ada take it back?"
        assert "ada sold the boat" in text
        assert not group.windows[0].spans
    assert not views.altered(no)
    assert not views.altered(none)
