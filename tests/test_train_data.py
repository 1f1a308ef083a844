import json

import pytest

from index.errors import DataError
from qa.train.data import fairytaleqa, narrativeqa, squad, tell_sentences


def sentences(text):
    return [text[a:b] for a, b in tell_sentences(text)]


def test_sentences_end_with_their_punctuation():
    text = 'Mr. Oake slept. "Wake up!" cried Ann. He did not?\nNo.  '
    assert sentences(text) == [
        "Mr. Oake slept.",
        '"Wake up!" cried Ann.',
        "He did not?",
        "No.",
    ]
    assert sentences("  ") == []


def tale(folder, split="val"):
    for name in ("questions", "section-stories"):
        (folder / name / split).mkdir(parents=True)
    (folder / "section-stories" / split / "goat-story.csv").write_text(
        'section,text\n1,"A goat ate a hat."\n2,It was sick.\n3,"Then it slept."\n'
    )
    (folder / "questions" / split / "goat-questions.csv").write_text(
        "question_id,local-or-sum,cor_section,attribute1,attribute2,question,ex-or-im1,answer1,"
        "answer2,answer3,ex-or-im2,answer4,answer5,answer6\n"
        "1,local,2,feeling,,How was the goat?,explicit,sick,,,implicit,ill,,\n"
        '2,summary,"1,2",action,,What did it eat?,implicit,a hat,clothes,,,,,\n'
    )


def test_fairytaleqa_knows_the_section_that_answers(tmp_path):
    tale(tmp_path)
    first, second = fairytaleqa(tmp_path, "val")
    assert first.document.text == "A goat ate a hat.\n\nIt was sick.\n\nThen it slept."
    assert first.document.text[slice(*first.region)] == "It was sick."
    assert first.answers == ("sick", "ill")
    assert first.explicit
    assert not second.explicit
    assert second.document.text[slice(*second.region)] == "A goat ate a hat.\n\nIt was sick."


def test_a_missing_split_is_named(tmp_path):
    with pytest.raises(DataError, match="no FairytaleQA questions"):
        list(fairytaleqa(tmp_path, "train"))


def test_narrativeqa_keeps_the_documents_after_the_80th_aside(tmp_path):
    (tmp_path / "summaries.csv").write_text(
        "document_id,set,summary\n" + "".join(f"d{n},valid,Plot {n}.\n" for n in range(82))
    )
    (tmp_path / "qaps.csv").write_text(
        "document_id,set,question,answer1,answer2\n"
        "d0,valid,Who?,Ann,ann\nd79,valid,Who?,Bo,Bo\nd80,valid,Who?,Cy,Cy\n"
    )
    assert [e.answers[0] for e in narrativeqa(tmp_path, held_out=False)] == ["Ann", "Bo"]
    assert [e.document.text for e in narrativeqa(tmp_path, held_out=True)] == ["Plot 80."]


def test_a_column_that_is_missing_is_named(tmp_path):
    (tmp_path / "summaries.csv").write_text("document_id,set\nd0,valid\n")
    with pytest.raises(DataError, match="lacks the column 'summary'"):
        list(narrativeqa(tmp_path, held_out=False))


def test_squad_has_spans_and_unanswerable_questions(tmp_path):
    paragraph = {
        "context": "Ann has a red hat.",
        "qas": [
            {
                "question": "Which hat? ",
                "id": "1",
                "answers": [
                    {"text": "red", "answer_start": 10},
                    {"text": "a red hat", "answer_start": 8},
                    {"text": "red", "answer_start": 10},
                ],
            },
            {"question": "Whose dog?", "id": "2", "is_impossible": True, "answers": []},
        ],
    }
    file = tmp_path / "part.json"
    articles = [{"title": title, "paragraphs": [paragraph]} for title in "ab"]
    file.write_text(json.dumps({"data": articles}))
    hat, dog = squad(file, part=slice(1))
    assert hat.question == "Which hat?"
    assert {hat.document.text[a:b] for a, b in hat.spans} == {"red", "a red hat"}
    assert dog.answers == ()
    assert [e.document.name for e in squad(file)] == ["part/a/0"] * 2 + ["part/b/0"] * 2


@pytest.mark.parametrize("content", ["[]", '{"data": [{}]}', "{"])
def test_a_file_of_another_layout_is_refused(tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(DataError, match="not in SQuAD's layout"):
        list(squad(tmp_path / "x.json"))
