"""Gold questions: what is read, and what a bad line is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.gold_loader import NOT_TOLD, load_conversations, load_gold
from index.errors import DataError
from qa.records import Turn

STORY = "Orla kept bees. Her brother sold the honey in Dunmore."


def question(**changed: Any) -> dict[str, Any]:
    return {
        "id": "bees-1",
        "story": "bees",
        "question": "What did Orla keep?",
        "type": "what",
        "answerable": True,
        "answers": ["bees"],
        "evidence": [{"start": 0, "end": 15, "text": "Orla kept bees."}],
        "paraphrase_of": None,
        "false_premise": False,
        **changed,
    }


UNTOLD = {"answerable": False, "answers": [], "evidence": []}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "bees.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "splits.json").write_text('{"tune": ["bees"], "report": []}')
    return tmp_path


def write(folder: Path, *lines: dict[str, Any] | str, name: str = "bees.jsonl") -> None:
    text = "\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines)
    (folder / name).write_text(text + "\n", encoding="utf-8")


def test_reads_questions_with_their_evidence(gold: Path) -> None:
    write(gold, question(), "", question(id="bees-2", false_premise=True, **UNTOLD))
    dataset = load_gold("tune", folder=gold)
    first, second = dataset.examples
    assert first.references == ("bees",)
    assert [(e.start, e.end, e.text) for e in first.evidence] == [(0, 15, "Orla kept bees.")]
    assert (second.answerable, second.false_premise, second.references) == (False, True, ())
    assert dataset.stories["bees"].text == STORY


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"evidence": [{"start": 0, "end": 14, "text": "Orla kept bees."}]}, "correct the offsets"),
        ({"evidence": [{"start": 40, "end": 99, "text": "x"}]}, "outside the story"),
        ({"evidence": [{"start": "0", "end": 15, "text": "Orla kept bees."}]}, "is no span"),
        ({"evidence": [{"start": 0}]}, "is no span"),
        ({"evidence": None}, "list of spans"),
        ({"evidence": []}, "0 pieces of evidence"),
        ({"answers": []}, "0 answers"),
        ({"answerable": False}, "1 answers"),
        ({"answers": "bees"}, "list of texts"),
        ({"answers": ["bees", " "]}, "list of texts"),
        ({"answerable": "yes"}, "true or false"),
        ({"type": "whom"}, "unknown type 'whom'"),
        ({"question": "  "}, "not empty"),
        ({"id": 7}, "id is '7'"),
        ({"story": "wasps"}, "story is 'wasps'"),
    ],
)
def test_a_bad_line_is_named_with_what_is_wrong(
    gold: Path, changed: dict[str, Any], says: str
) -> None:
    write(gold, question(id="bees-0"), question(**changed))
    with pytest.raises(DataError, match=says) as caught:
        load_gold("tune", folder=gold)
    assert f"{gold / 'bees.jsonl'}, line 2:" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "says"), [('{"id": ', "line 1: not JSON"), ("[1]", "line 1: not an object")]
)
def test_a_line_that_is_no_object(gold: Path, line: str, says: str) -> None:
    write(gold, line)
    with pytest.raises(DataError, match=says):
        load_gold("tune", folder=gold)


def test_ids_differ(gold: Path) -> None:
    write(gold, question(), question())
    with pytest.raises(DataError, match=r"line 2: the id 'bees-1' is that of .*line 1 too"):
        load_gold("tune", folder=gold)


def test_a_paraphrase_is_of_a_question_that_is_there(gold: Path) -> None:
    write(gold, question(), question(id="bees-2", paraphrase_of="bees-1"))
    assert load_gold("tune", folder=gold).examples[1].paraphrase_of == "bees-1"
    write(gold, question(), question(id="bees-2", paraphrase_of="bees-9"))
    with pytest.raises(DataError, match=r"line 2: paraphrase_of 'bees-9' is no question's id"):
        load_gold("tune", folder=gold)


def test_missing_files_and_names(gold: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*bees\.jsonl"):
        load_gold("tune", folder=gold)
    write(gold, question())
    with pytest.raises(DataError, match="no gold questions on 'wasps'"):
        load_gold("tune", ["wasps"], folder=gold)
    with pytest.raises(DataError, match="has no split 'test'"):
        load_gold("test", folder=gold)
    (gold / "stories" / "bees.txt").unlink()
    with pytest.raises(DataError, match=r"splits\.json: no story file"):
        load_gold("tune", folder=gold)
    (gold / "splits.json").unlink()
    with pytest.raises(DataError, match=r"cannot read .*splits\.json"):
        load_gold("tune", folder=gold)


def test_a_turn_has_the_turns_before_as_history(gold: Path) -> None:
    turns = [
        {k: v for k, v in question().items() if k not in ("id", "story")},
        question(question="What else?", standalone="What else did Orla keep?", **UNTOLD),
        question(question="Who sold the honey?", type="who", answers=["her brother", "brother"]),
    ]
    talk = {"id": "c1", "story": "bees", "turns": turns}
    write(gold, talk, name="bees.conversations.jsonl")
    dataset, (conversation,) = load_conversations("all", folder=gold)
    assert dataset.examples == conversation.turns
    assert [t.attributes for t in conversation.turns] == [
        (("turn", "first"),),
        (("turn", "follow-up"),),
        (("turn", "follow-up"),),
    ]
    assert conversation.turns[2].history == (
        Turn("What did Orla keep?", "bees"),
        Turn("What else?", NOT_TOLD),
    )
    assert conversation.turns[1].standalone == "What else did Orla keep?"
    write(gold, {**talk, "turns": [*turns, {"question": 3}]}, name="bees.conversations.jsonl")
    with pytest.raises(DataError, match=r"line 1, turn 4: type is 'None'"):
        load_conversations("all", folder=gold)
    write(gold, {**talk, "turns": []}, name="bees.conversations.jsonl")
    with pytest.raises(DataError, match="line 1: turns is"):
        load_conversations("all", folder=gold)


def test_the_projects_own_gold_checks_out_and_is_large_enough() -> None:
    dataset = load_gold("all")
    shipped = [e for e in dataset.examples if e.story_id == dataset.examples[0].story_id]
    assert sum(e.answerable for e in shipped) >= 90
    assert sum(not e.answerable for e in shipped) >= 25
    assert any(e.false_premise for e in shipped)
    for story in list(dataset.stories)[1:]:
        own = [e for e in dataset.examples if e.story_id == story]
        assert sum(e.answerable for e in own) >= 20
        assert sum(not e.answerable for e in own) >= 6
    for example in dataset.examples:
        text = dataset.stories[example.story_id].text
        assert all(text[e.start : e.end] == e.text for e in example.evidence)
    assert len(dataset.stories) == 9
    conversations = load_conversations("all")[1]
    assert len(conversations) >= 25
    assert all(3 <= len(c.turns) <= 6 for c in conversations)
    assert {c.story_id for c in conversations} == set(dataset.stories)
    assert all(turn.standalone for c in conversations for turn in c.turns)


def test_splits_share_no_story() -> None:
    assert not set(load_gold("tune").stories) & set(load_gold("report").stories)
