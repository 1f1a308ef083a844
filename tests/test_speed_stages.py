"""Stages by hand, and the stopwatch around fakes whose durations are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from page_fakes import scanned

import eval.speed.warm
from eval.speed import stages
from eval.speed.stages import STAGES, Call, Stopwatch, divided
from eval.speed.warm import timed, warm_runs
from index.query import Query
from index.records import Hit
from qa.question import Question, QuestionType
from qa.records import Reading, Retrieved


def test_a_plain_answer_is_divided_by_its_calls() -> None:
    calls = [Call("embed", 2.0, 5.0), Call("search", 6.0, 7.0), Call("search", 7.0, 8.0),
             Call("read", 10.0, 20.0)]  # fmt: skip
    assert divided(calls, 1.0, 24.0) == {
        "understand": 2.0,  # 1 to 2, and 5 to 6
        "embed": 3.0,
        "retrieve": 4.0,
        "read": 10.0,
        "compose": 4.0,
        "other": 0.0,
    }


def test_what_lies_between_two_readings_is_other() -> None:
    calls = [Call("embed", 1.0, 2.0), Call("search", 2.0, 3.0), Call("read", 3.0, 4.0),
             Call("embed", 5.0, 7.0), Call("search", 7.0, 8.0), Call("read", 9.0, 10.0),
             Call("embed", 11.0, 11.5)]  # fmt: skip
    found = divided(calls, 0.0, 12.0)
    assert found == {
        "understand": 1.0, "embed": 3.5, "retrieve": 1.0, "read": 2.0, "compose": 1.5, "other": 3.0,
    }  # fmt: skip
    assert sum(found.values()) == 12.0


@pytest.mark.parametrize(
    ("calls", "stage"),
    [([], "understand"), ([Call("search", 0.0, 1.0)], "retrieve"), ([Call("read", 0, 9)], "read")],
)
def test_an_answer_that_lacks_a_call(calls: Sequence[Call], stage: str) -> None:
    found = divided(calls, 0.0, 9.0)
    assert found[stage] == 9.0
    assert sum(found.values()) == 9.0


class Clock:
    """Stands in for the time module: it passes only where something is done."""

    now = 0.0

    def perf_counter(self) -> float:
        return self.now


class Slow:
    """Encoder, store and reader at once, each call of a known duration."""

    name, digest, extra = "slow", "0", "kept"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.inner: Any = None

    def __len__(self) -> int:
        return 7

    def encode(self, texts: Sequence[str]) -> Any:
        self.clock.now += 0.25 * len(texts)
        return texts

    def search(self, query: Query, k: int) -> list[Hit]:
        self.clock.now += 2.0
        return [Hit(k, 0.5)]

    def read(self, question: Question, passages: Sequence[Retrieved]) -> Reading:
        self.clock.now += 4.0
        self.inner.encode(["a", "b"])  # as the reader of rules does
        return Reading((), 0.5)


def test_the_stopwatch_sees_through_the_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(stages, "time", clock)
    slow, watch = Slow(clock), Stopwatch()
    encoder, reader = watch.encoder(slow), watch.reader(slow)
    bare = scanned("A tale.").index
    index = watch.index(replace(bare, dense=slow, lexical=slow, associative=slow))
    assert index.story is bare.story
    store: Any = index.dense
    slow.inner = encoder
    assert (encoder.name, encoder.digest, len(store), store.extra) == ("slow", "0", 7, "kept")
    assert getattr(encoder, "extra", None) == "kept"
    question = Question("q", QuestionType.WHO)

    def ask() -> None:
        clock.now += 1.0
        assert encoder.encode(["x"]) == ["x"]
        assert store.search(None, 3) == [Hit(3, 0.5)]
        assert reader.read(question, ()) == Reading((), 0.5)
        clock.now += 0.125

    wanted = {"understand": 1.0, "embed": 0.25, "retrieve": 2.0, "read": 4.5, "compose": 0.125,
              "other": 0.0}  # fmt: skip
    assert watch.time(ask) == wanted
    assert watch.time(ask) == wanted  # nothing is left over from the time before


def test_an_error_leaves_the_stopwatch_usable() -> None:
    watch = Stopwatch()
    with pytest.raises(ZeroDivisionError):
        watch.call("read", lambda: 1 / 0)
    assert watch.time(lambda: watch.call("read", lambda: None))["read"] > 0


def test_systems_take_turns_and_the_first_questions_do_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(eval.speed.warm, "_UNMEASURED", 1)
    monkeypatch.setattr(eval.speed.warm, "_TURN", 2)
    asked: list[str] = []
    rows = {
        "a": [{"embed": 9.0, "read": 9.0}] + [{"embed": 1.0, "read": 2.0}] * 3,
        "b": [{"total": 9.0}] + [{"total": 0.5}] * 3,
    }

    def asker(name: str) -> Any:
        left = iter(rows[name])

        def ask(question: str) -> Any:
            asked.append(name + question)
            return next(left)

        return ask

    a, b = warm_runs({"a": asker("a"), "b": asker("b")}, ["1", "2", "3"])
    assert asked == ["a1", "b1", "a1", "a2", "b1", "b2", "a3", "b3"]
    assert (a.total.n, a.total.median_ms, a.stages["read"].median_ms) == (3, 3000.0, 2000.0)
    assert list(a.stages) == ["embed", "read"]
    assert set(a.stages) < set(STAGES)
    assert (b.total.median_ms, b.stages) == (500.0, {})


def test_a_peer_is_timed_as_a_whole() -> None:
    found: list[str] = []
    assert timed(found.append)("who")["total"] >= 0
    assert found == ["who"]
