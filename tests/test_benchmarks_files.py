"""Benchmark readers on small files in the official layouts, whole and broken."""

import csv
import json
from pathlib import Path

import pytest

from eval.benchmarks.duorc import load_duorc
from eval.benchmarks.fairytaleqa import load_fairytaleqa
from eval.benchmarks.narrativeqa import load_narrativeqa
from eval.benchmarks.squad import load_squad
from index.errors import DataError

QAPS = ["document_id", "set", "question", "answer1", "answer2"]
PLOT = "Old Tam keeps the mill. His niece Bessy mends the sails at night."


def write_csv(path: Path, header: list[str], *rows: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def write_json(path: Path, data: object) -> Path:
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def one_line(error: pytest.ExceptionInfo[DataError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


@pytest.fixture
def narrativeqa(tmp_path: Path) -> Path:
    write_csv(
        tmp_path / "summaries.csv", ["document_id", "set", "summary"],
        ["d1", "valid", PLOT], ["d2", "valid", "A fox steals a bell."],
        ["d3", "test", "Rain fell."],
    )  # fmt: skip
    write_csv(
        tmp_path / "qaps.csv", QAPS,
        ["d1", "valid", "Who keeps the mill?", "Tam", "Old Tam"],
        ["d1", "valid", "When does Bessy mend the sails?", "At night.", "by night"],
        ["d2", "valid", "What does the fox steal?", "a bell", "The bell"],
        ["d3", "test", "What fell?", "rain", "Rain."],
    )  # fmt: skip
    return tmp_path


def test_narrativeqa_reads_split_with_ids_types_and_both_answers(narrativeqa: Path):
    benchmark = load_narrativeqa(narrativeqa)
    examples = benchmark.dataset.examples
    assert [e.example_id for e in examples] == ["d1:1", "d1:2", "d2:1"]
    assert [e.type for e in examples] == ["who", "when", "what"]
    assert examples[1].references == ("At night.", "by night")
    assert benchmark.human["d1:2"] == "by night"
    assert set(benchmark.dataset.stories) == {"d1", "d2"}
    assert benchmark.dataset.stories["d1"].text == PLOT
    assert benchmark.dataset.skipped == ()
    assert [e.question for e in load_narrativeqa(narrativeqa, "test").dataset.examples] == [
        "What fell?"
    ]


def test_narrativeqa_limit_keeps_only_the_stories_asked_about(narrativeqa: Path):
    benchmark = load_narrativeqa(narrativeqa, limit=2)
    assert len(benchmark.dataset.examples) == 2
    assert set(benchmark.dataset.stories) == {"d1"}
    assert set(benchmark.human) == {"d1:1", "d1:2"}


def test_narrativeqa_parts_are_the_first_80_and_the_last_35_documents(tmp_path: Path):
    names = [f"d{n:03}" for n in range(115)]
    write_csv(tmp_path / "summaries.csv", ["document_id", "set", "summary"],
              *[[n, "valid", "It rained."] for n in names])  # fmt: skip
    write_csv(tmp_path / "qaps.csv", QAPS,
              *[[n, "valid", "What did it do?", "rain", "rained"] for n in names])  # fmt: skip
    first = load_narrativeqa(tmp_path, part="first80").dataset
    last = load_narrativeqa(tmp_path, part="last35").dataset
    assert [e.story_id for e in first.examples] == names[:80]
    assert [e.story_id for e in last.examples] == names[80:]


def test_narrativeqa_reads_the_kind_and_the_official_place_of_summaries(narrativeqa: Path):
    place = narrativeqa / "third_party/wikipedia"
    place.mkdir(parents=True)
    (narrativeqa / "summaries.csv").rename(place / "summaries.csv")
    write_csv(narrativeqa / "documents.csv", ["document_id", "kind"], ["d1", "movie"])
    examples = load_narrativeqa(narrativeqa).dataset.examples
    assert [e.attributes for e in examples] == [(("kind", "movie"),)] * 2 + [()]


def test_narrativeqa_counts_and_lists_what_it_leaves_out(narrativeqa: Path):
    write_csv(
        narrativeqa / "qaps.csv", QAPS,
        ["d1", "valid", "Who keeps the mill?", "Tam", " "],
        ["d1", "valid", " ", "Tam", "Old Tam"],
        ["d9", "valid", "Who?", "he", "him"],
        ["d1", "valid", "Who mends the sails?", "Bessy"],
        ["d1", "valid", "Who mends the sails?", "Bessy", "his niece"],
    )  # fmt: skip
    write_csv(
        narrativeqa / "summaries.csv", ["document_id", "set", "summary"],
        ["d1", "valid", PLOT], ["d1", "valid", "Another plot."],
    )  # fmt: skip
    dataset = load_narrativeqa(narrativeqa).dataset
    assert [e.question for e in dataset.examples] == ["Who mends the sails?"]
    assert dataset.stories["d1"].text == PLOT
    assert len(dataset.skipped) == 5
    for line, said in zip(
        sorted(dataset.skipped),
        ["an empty answer", "question is empty", "no summary", "4 fields, not 5", "once more"],
        strict=True,
    ):
        assert said in line


def test_narrativeqa_says_which_file_or_column_is_missing(narrativeqa: Path, tmp_path: Path):
    (narrativeqa / "summaries.csv").unlink()
    with pytest.raises(DataError) as error:
        load_narrativeqa(narrativeqa)
    assert "no summaries.csv" in one_line(error)
    assert "google-deepmind/narrativeqa" in str(error.value)
    write_csv(narrativeqa / "summaries.csv", ["document_id", "set"], ["d1", "valid"])
    with pytest.raises(DataError, match="no column 'summary'") as error:
        load_narrativeqa(narrativeqa)
    one_line(error)
    with pytest.raises(DataError, match="no such folder"):
        load_narrativeqa(tmp_path / "nowhere")
    with pytest.raises(DataError, match="no question of the set 'train', only 'test, valid'"):
        load_narrativeqa(narrativeqa, "train")


def test_a_truncated_or_foreign_csv_is_one_line(narrativeqa: Path):
    path = narrativeqa / "qaps.csv"
    path.write_text(path.read_text(encoding="utf-8") + 'd1,valid,"Who', encoding="utf-8")
    with pytest.raises(DataError, match="truncated") as error:
        load_narrativeqa(narrativeqa)
    one_line(error)
    path.write_bytes(b"document_id,set,question,answer1,answer2\nd1,valid,\xff\xfe,a,b\n")
    with pytest.raises(DataError, match="not UTF-8"):
        load_narrativeqa(narrativeqa)


FAIRY = [
    "question_id", "local-or-sum", "cor_section", "attribute1", "attribute2", "question",
    "ex-or-im1", "answer1", "answer2", "answer3", "ex-or-im2", "answer4", "answer5", "answer6",
]  # fmt: skip


def fairy(number: str, section: str, question: str, *answers: str) -> list[str]:
    first, second = (*answers, "")[:2]
    return [number, "local", section, "action", "", question, "explicit", first, "", "",
            "implicit", second, "", ""]  # fmt: skip


@pytest.fixture
def fairytaleqa(tmp_path: Path) -> Path:
    write_csv(
        tmp_path / "section-stories/val/mill-story.csv", ["section", "text"],
        ["1", "Tam kept a mill."], ["2", "Bessy mended sails."], ["3", "They grew rich."],
    )  # fmt: skip
    write_csv(
        tmp_path / "questions/val/mill-questions.csv", FAIRY,
        fairy("1", "2", "Who mended sails?", "Bessy", "his niece"),
        fairy("2", "1, 3", "What became of Tam?", "He grew rich."),
    )  # fmt: skip
    return tmp_path


def test_fairytaleqa_on_the_section_makes_a_story_of_it(fairytaleqa: Path):
    benchmark = load_fairytaleqa(fairytaleqa)
    one, two = benchmark.dataset.examples
    assert benchmark.dataset.stories[one.story_id].text == "Bessy mended sails."
    assert benchmark.dataset.stories[two.story_id].text == "Tam kept a mill.\n\nThey grew rich."
    assert one.references == ("Bessy", "his niece")
    assert one.attributes == (("attribute", "action"), ("answer", "explicit"), ("scope", "local"))
    assert benchmark.human == {"mill:1": "his niece"}


def test_fairytaleqa_on_the_tale_gives_the_sections_as_evidence(fairytaleqa: Path):
    dataset = load_fairytaleqa(fairytaleqa, setting="tale").dataset
    text = dataset.stories["mill"].text
    assert text == "Tam kept a mill.\n\nBessy mended sails.\n\nThey grew rich."
    for example, wanted in zip(
        dataset.examples, [["Bessy mended sails."], ["Tam kept a mill.", "They grew rich."]],
        strict=True,
    ):  # fmt: skip
        assert [text[e.start : e.end] for e in example.evidence] == wanted
        assert [e.text for e in example.evidence] == wanted


def test_fairytaleqa_keeps_two_questions_of_one_number_and_lists_the_rest(fairytaleqa: Path):
    write_csv(
        fairytaleqa / "questions/val/mill-questions.csv", FAIRY,
        fairy("1", "2", "Who mended sails?", "Bessy"),
        fairy("1", "2", "What did she mend?", "sails"),
        fairy("1", "2", "Who mended sails?", "Bessy"),
        fairy("4", "7", "Who was rich?", "Tam"),
        fairy("5", "1", "Who kept a mill?", ""),
    )  # fmt: skip
    dataset = load_fairytaleqa(fairytaleqa).dataset
    assert [e.example_id for e in dataset.examples] == ["mill:1", "mill:1b"]
    assert [line.partition(": ")[2] for line in dataset.skipped] == [
        "question 1 once more; left out",
        "the tale has no section '7'; left out",
        "answer1 is empty; left out",
    ]


def test_fairytaleqa_says_which_file_is_missing(fairytaleqa: Path):
    with pytest.raises(DataError, match=r"no questions/test .*FairytaleQAData"):
        load_fairytaleqa(fairytaleqa, "test")
    (fairytaleqa / "section-stories/val/mill-story.csv").unlink()
    with pytest.raises(DataError, match=r"no mill-story\.csv"):
        load_fairytaleqa(fairytaleqa)


def squad(*questions: dict[str, object], context: str = PLOT) -> dict[str, object]:
    paragraph = {"context": context, "qas": list(questions)}
    return {"version": "v2.0", "data": [{"title": "Mill", "paragraphs": [paragraph]}]}


TAM = {
    "id": "q1",
    "question": "Who keeps the mill?",
    "answers": [{"text": "Old Tam", "answer_start": 0}, {"text": "Tam", "answer_start": 4}],
}


def test_squad_reads_answers_and_impossible_questions(tmp_path: Path):
    none = {"id": "q2", "question": "Who burns it?", "answers": [], "is_impossible": True}
    write_json(tmp_path / "dev-v2.0.json", squad(TAM, none))
    dataset = load_squad(tmp_path).dataset
    first, second = dataset.examples
    assert first.references == ("Old Tam", "Tam")
    assert [(e.start, e.end) for e in first.evidence] == [(0, 7), (4, 7)]
    assert (second.answerable, second.references, second.evidence) == (False, (), ())
    assert dataset.stories[first.story_id].text == PLOT


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({**TAM, "answers": [{"text": "Tam", "answer_start": 5}]}, "at 5 stands 'am ', not 'Tam'"),
        ({**TAM, "answers": [{"text": "Tam", "answer_start": -3}]}, "at -3 stands"),
        ({**TAM, "answers": []}, "no answer"),
        ({**TAM, "answers": [{"text": "", "answer_start": 0}]}, "is no span"),
        ({**TAM, "answers": [{"text": "Tam"}]}, "is no span"),
        ({**TAM, "question": ""}, "question is empty"),
        ({**TAM, "question": 3}, "not a text"),
        ({**TAM, "id": None}, "the id is 'None'"),
        ("Who?", "is no object"),
        ({**TAM, "id": "good"}, "another question's too"),
    ],
)
def test_squad_lists_what_it_leaves_out(tmp_path: Path, question: dict[str, object], said: str):
    good = {**TAM, "id": "good"}
    dataset = load_squad(write_json(tmp_path / "x.json", squad(good, question))).dataset
    assert [e.example_id for e in dataset.examples] == ["good"]
    assert len(dataset.skipped) == 1
    assert said in dataset.skipped[0]
    assert dataset.skipped[0].endswith("left out")


def test_squad_lists_broken_articles_and_paragraphs(tmp_path: Path):
    data = squad(TAM)
    data["data"] += [3, {"paragraphs": [7, {"context": "", "qas": []}, {"context": "x y"}]}]
    dataset = load_squad(write_json(tmp_path / "x.json", data)).dataset
    assert len(dataset.examples) == 1
    assert len(dataset.skipped) == 4


def test_squad_with_nothing_usable_or_another_layout_is_an_error(tmp_path: Path):
    bad = write_json(tmp_path / "x.json", squad({**TAM, "answers": []}))
    with pytest.raises(DataError, match=r"no question that can be used; the first of 1 left out"):
        load_squad(bad)
    with pytest.raises(DataError, match="no list 'data'"):
        load_squad(write_json(tmp_path / "y.json", [1]))
    (tmp_path / "z.json").write_text('{"data": [{"tit', encoding="utf-8")
    with pytest.raises(DataError, match="truncated") as error:
        load_squad(tmp_path / "z.json")
    one_line(error)
    with pytest.raises(DataError, match="has 3 JSON files"):
        load_squad(tmp_path)


def test_squad_takes_the_only_file_of_a_folder_and_names_a_missing_one(tmp_path: Path):
    with pytest.raises(DataError, match=r"no dev-v2\.0\.json .*SQuAD-explorer"):
        load_squad(tmp_path)
    write_json(tmp_path / "own.json", squad(TAM))
    assert load_squad(tmp_path).dataset.name == "own"
    write_json(tmp_path / "dev-v1.1.json", squad(TAM))
    assert load_squad(tmp_path).dataset.name == "dev-v1.1"


def test_duorc_reads_answers_and_questions_without(tmp_path: Path):
    plots = [{"id": "p1", "title": "Mill", "plot": PLOT, "qa": [
        {"id": "a", "question": "Who keeps it?", "answers": ["Tam", "Tam"], "no_answer": False},
        {"question": "Who burns it?", "answers": [], "no_answer": True},
        {"id": "a", "question": "Who mends?", "answers": ["Bessy"], "no_answer": False},
        {"id": "c", "question": "Who mends?", "answers": [""], "no_answer": False},
        {"id": "d", "question": "Who mends?", "answers": ["Bessy"], "no_answer": True},
        {"id": "e", "question": "Who mends?", "answers": "Bessy", "no_answer": False},
    ]}, {"id": "p1", "plot": "x", "qa": []}, {"id": "p2", "qa": []}, 5]  # fmt: skip
    write_json(tmp_path / "SelfRC_dev.json", plots)
    dataset = load_duorc(tmp_path).dataset
    first, second = dataset.examples
    assert (first.references, first.answerable) == (("Tam",), True)
    assert (second.example_id, second.answerable) == ("p1:2", False)
    assert len(dataset.skipped) == 7


def test_duorc_says_which_file_is_missing_or_broken(tmp_path: Path):
    with pytest.raises(DataError, match=r"no ParaphraseRC_test\.json .*duorc"):
        load_duorc(tmp_path, "test", "ParaphraseRC")
    with pytest.raises(DataError, match="not a list of plots"):
        load_duorc(write_json(tmp_path / "x.json", {}))
    (tmp_path / "y.json").write_bytes(b"\xff\xff")
    with pytest.raises(DataError, match="not UTF-8"):
        load_duorc(tmp_path / "y.json")
