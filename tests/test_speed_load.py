"""The load test against a real server, its agent without models: it must see what goes wrong."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from page_fakes import Scanner, drop_loops, scanned

from eval.speed.load import load_test
from eval.speed.server import Server
from eval.speed.stories import book, made_story
from index.errors import QAError
from index.library import Library
from ui.app import build, serve
from ui.shelf import Shelf

# Gradio makes event loops for its locks and drops them.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture(scope="module")
def server(tmp_path_factory: Any) -> Iterator[Server]:
    page = build(Shelf(scanned("A first story."), Library(tmp_path_factory.mktemp("lib"), None)))  # type: ignore[arg-type]
    url = urlsplit(serve(page))
    yield Server(url.hostname or "", url.port or 0, os.getpid())
    page.close(verbose=False)
    drop_loops()


@pytest.fixture(autouse=True)
def _read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shelf, "read", lambda self, name, text: scanned(text))


def test_made_stories_are_each_other_s_strangers() -> None:
    stories = [made_story(number) for number in range(200)]
    assert stories[3] == made_story(3)
    names = [name for story in stories for name in story.names]
    assert len(set(names)) == len(names) == 200 * 7
    for story in stories:
        assert len(story.questions) == len(story.facts) == 6
        assert all(fact in story.text for fact in story.facts)
        assert story.names <= set(story.text.replace(",", " ").replace(".", " ").split())
        assert "{" not in story.text
    assert book(3) == "\n".join(story.text for story in stories[:3])
    assert book(1).count(".") == 16


def test_every_client_gets_its_own_answers(server: Server) -> None:
    said: list[str] = []
    load = load_test(server, {1: 2, 6: 1}, 50.0, said.append)
    one, six = load.levels
    assert (one.clients, one.answered, six.clients, six.answered) == (1, 12, 6, 36)
    for level in load.levels:
        assert (level.refused, level.errors, level.wrong) == (0, 0, 0)
        assert level.times is not None
        assert 0 < level.times.median_ms <= level.times.p95_ms
        assert level.throughput == pytest.approx(level.answered / level.seconds)
    assert (load.stories, load.foreign, load.reader_rate) == (6, 0, 50.0)
    assert load.right >= 0.5  # by shared words alone
    assert load.story_seconds > 0
    assert said[-1] == "load: 6 clients at once"


def test_answers_that_are_mixed_up_are_seen(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agent that keeps the last story in one place for all sessions."""
    original, lock, asked = Scanner.ask, threading.Lock(), [0]
    other = scanned(made_story(0).text)

    def mixed(self: Scanner, text: str, history: Any = (), k: int = 5) -> Any:
        with lock:
            asked[0] += 1
        # 4 stories are asked alone, 6 questions each; then every second answer is story 0's.
        stray = asked[0] > 24 and asked[0] % 2
        return original(other if stray else self, text, history, k)

    monkeypatch.setattr(Scanner, "ask", mixed)
    (level,) = (load := load_test(server, {4: 1}, 50.0)).levels
    assert level.answered == 24
    assert level.wrong == load.foreign > 3


def test_questions_that_fail_are_counted(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    original, lock, asked = Scanner.ask, threading.Lock(), [0]

    def failing(self: Scanner, text: str, history: Any = (), k: int = 5) -> Any:
        with lock:
            asked[0] += 1
        if asked[0] == 20:
            raise QAError("the well is dry")
        return original(self, text, history, k)

    monkeypatch.setattr(Scanner, "ask", failing)
    (level,) = load_test(server, {3: 1}, 50.0).levels
    assert (level.answered, level.errors, level.refused, level.wrong) == (17, 1, 0, 0)


def test_a_chat_that_cannot_be_asked_alone(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: Shelf, name: str, text: str) -> Any:
        raise QAError("no room")

    monkeypatch.setattr(Scanner, "ask", failing)
    with pytest.raises(QAError, match="failed a client that was alone"):
        load_test(server, {1: 1}, 50.0)
