"""The chat as a server: what it refuses, and that sessions which ask at once do not mix."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from page_fakes import Scanner, drop_loops, scanned

from eval.speed.client import ANSWERED, FAILED, REFUSED, PageClient, read_events
from index.errors import QAError
from index.library import Library
from ui import app
from ui.chat import Chat
from ui.limits import BodyLimit, BusyError, Turns
from ui.render import question_html
from ui.shelf import Shelf
from ui.updates import direct_answer, html_part, pending_message, shown_answer

# Gradio makes event loops for its locks and drops them.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")

TEXT = "The heron stood in the reeds. A pike bit the boatman. Snow fell on the jetty."


@contextmanager
def site(agent: Scanner, home: Path, encoder: Any) -> Iterator[tuple[str, int, Any]]:
    page = app.build(Shelf(agent, Library(home, encoder)))
    url = urlsplit(app.serve(page))
    try:
        yield url.hostname or "", url.port or 0, page
    finally:
        page.close(verbose=False)
        drop_loops()


def test_questions_and_stories_go_over_http(tmp_path: Path, letters: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(Shelf, "read", lambda self, name, text: scanned(text))
    with site(scanned(TEXT), tmp_path, letters) as (host, port, page):
        events = read_events(host, port)
        first, second = (PageClient(host, port, events) for _ in range(2))
        assert second.bring("A fox slept in the mill. The miller fed it eggs.").status == ANSWERED
        reply = first.ask("Who bit the boatman?")
        assert (reply.status, "A pike bit the boatman." in reply.text) == (ANSWERED, True)
        assert reply.seconds > 0
        assert "The miller fed it eggs." in second.ask("Who fed it eggs?").text
        assert "Snow fell" in first.ask("Where did snow fall on?").text
        assert first.clear().status == ANSWERED
        assert "heron stood" in first.ask("Where is the heron?").text
        long = first.ask("why " * 300)
        assert long.status == FAILED
        assert "more than 1,000" in long.text
        for client in (first, second):
            client.close()
        # Nothing is summed up over all requests, which would make each one slower than the last.
        assert page._queue.cached_event_analytics_summary == {"functions": {}}
        assert len(page._queue.event_analytics) <= 1


def test_a_full_line_turns_away_and_the_others_are_answered(
    tmp_path: Path, letters: Any, monkeypatch: Any
) -> None:
    turns = Turns(2, 2)
    monkeypatch.setattr(app, "Turns", lambda *_: turns)
    agent = scanned(TEXT)
    agent.hold = threading.Semaphore(0)
    with site(agent, tmp_path, letters) as (host, port, _):
        events = read_events(host, port)
        clients = [PageClient(host, port, events) for _ in range(7)]
        with ThreadPoolExecutor(4) as pool:
            ask = "Who bit the boatman?"
            replies = [pool.submit(client.ask, ask) for client in clients[:2]]
            assert all(agent.held.acquire(timeout=100) for _ in replies)  # two are being answered
            replies += [pool.submit(client.ask, ask) for client in clients[2:4]]
            while turns.waiting < 2:
                time.sleep(0.02)
            refused = [client.ask(ask) for client in clients[4:]]
            agent.hold.release(4)
            answered = [future.result() for future in replies]
        assert [reply.status for reply in refused] == [REFUSED] * 3
        assert all("2 questions wait already; try again" in reply.text for reply in refused)
        assert [reply.status for reply in answered] == [ANSWERED] * 4
        assert all("A pike bit the boatman." in reply.text for reply in answered)
        for client in clients:
            client.close()


def test_a_body_too_large_is_refused(tmp_path: Path, letters: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(app, "_LARGEST", 1_000)
    with site(scanned(TEXT), tmp_path, letters) as (host, port, _):
        connection = http.client.HTTPConnection(host, port, timeout=60)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/gradio_api/queue/join", b"x" * 1_001, headers)
        response = connection.getresponse()
        assert response.status == 413
        assert b"more than 1,000 bytes" in response.read()
        connection.close()
        chunks = iter([b"x" * 600, b"x" * 600])
        connection.request("POST", "/gradio_api/queue/join", chunks, headers, encode_chunked=True)
        assert connection.getresponse().status == 413
        connection.close()
        client = PageClient(host, port, read_events(host, port))
        assert client.ask("Who bit the boatman?").status == ANSWERED
        client.close()


def test_who_goes_leaves_the_line_and_whose_turn_it_is_keeps_it_to_the_end() -> None:
    hold, began, order = threading.Event(), threading.Event(), []

    def slow() -> str:
        began.set()
        assert hold.wait(100)
        order.append("slow")
        return "slow"

    async def scene() -> None:
        turns = Turns(1, 2)
        first = asyncio.ensure_future(turns.run(slow))
        await asyncio.to_thread(began.wait)
        second, third = (
            asyncio.ensure_future(turns.run(lambda name=name: order.append(name)))
            for name in ("second", "third")
        )
        await asyncio.sleep(0)
        assert turns.waiting == 2
        with pytest.raises(BusyError, match="try again"):
            await turns.run(slow)
        second.cancel()
        first.cancel()
        await asyncio.sleep(0.05)
        assert (turns.waiting, order) == (1, [])  # the third still waits for the thread's end
        hold.set()
        await third
        found = await asyncio.gather(first, second, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in found)
        assert (turns.waiting, order) == (0, ["slow", "third"])

    asyncio.run(scene())


def test_a_question_that_nobody_waits_for_is_not_answered(
    tmp_path: Path, letters: Any, monkeypatch: Any
) -> None:
    turns = Turns(1, 2)
    monkeypatch.setattr(app, "Turns", lambda *_: turns)
    agent = scanned(TEXT)
    agent.hold = threading.Semaphore(0)
    with site(agent, tmp_path, letters) as (host, port, _), ThreadPoolExecutor(1) as pool:
        events = read_events(host, port)
        first = PageClient(host, port, events)
        reply = pool.submit(first.ask, "Who bit the boatman?")
        assert agent.held.acquire(timeout=100)
        gone = http.client.HTTPConnection(host, port, timeout=60)
        body = {"fn_index": events.ask, "data": ["Who fell?", None], "session_hash": "gone"}
        gone.request("POST", "/gradio_api/run/predict", json.dumps(body))
        while turns.waiting < 1:
            time.sleep(0.02)
        gone.close()
        while turns.waiting:
            time.sleep(0.02)
        agent.hold.release()
        assert reply.result().status == ANSWERED
        assert not agent.held.acquire(blocking=False)
        first.close()


def test_a_story_chosen_while_a_question_waits_is_the_one_that_is_asked(
    tmp_path: Path, letters: Any, monkeypatch: Any
) -> None:
    turns = Turns(1, 2)
    monkeypatch.setattr(app, "Turns", lambda *_: turns)
    monkeypatch.setattr(Shelf, "read", lambda self, name, text: scanned(text))
    agent = scanned(TEXT)
    agent.hold = threading.Semaphore(0)
    with site(agent, tmp_path, letters) as (host, port, _), ThreadPoolExecutor(2) as pool:
        events = read_events(host, port)
        first, second, again = (PageClient(host, port, events) for _ in range(3))
        again._session = second._session  # the same page, which does not wait for its answer
        replies = [pool.submit(first.ask, "Who bit the boatman?")]
        assert agent.held.acquire(timeout=100)
        replies.append(pool.submit(second.ask, "Who fed it eggs?"))
        while turns.waiting < 1:
            time.sleep(0.02)
        assert again.bring("A fox slept in the mill. The miller fed it eggs.").status == ANSWERED
        agent.hold.release()
        assert "A pike bit the boatman." in replies[0].result().text
        assert "The miller fed it eggs." in replies[1].result().text
        for client in (first, second, again):
            client.close()


def test_an_error_of_the_program_is_told_and_the_next_question_answered(
    tmp_path: Path, letters: Any, monkeypatch: Any, caplog: Any
) -> None:
    with site(scanned(TEXT), tmp_path, letters) as (host, port, _):
        client = PageClient(host, port, read_events(host, port))
        with monkeypatch.context() as patch:
            patch.setattr(Scanner, "ask", lambda *_: 1 / 0)
            reply = client.ask("Who bit the boatman?")
        assert (reply.status, reply.text) == (FAILED, '{"error": null}')
        assert "ZeroDivisionError" in caplog.text
        assert client.ask("Who bit the boatman?").status == ANSWERED
        client.close()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"fn_index": 999, "data": [], "session_hash": "s"}',
     b'{"fn_index": 0, "data": ["x", null, null], "session_hash": "s"}',
     b'{"fn_index": %d, "data": ["x", null], "session_hash": "s"}',
     b'{"fn_index": %d, "data": "xy", "session_hash": "s"}'],
)  # fmt: skip
def test_what_the_page_does_not_send_is_refused(body: bytes, tmp_path: Path, letters: Any) -> None:
    with site(scanned(TEXT), tmp_path, letters) as (host, port, _):
        if b"%d" in body:
            body %= read_events(host, port).clear
        connection = http.client.HTTPConnection(host, port, timeout=60)
        connection.request("POST", "/gradio_api/run/predict", body)
        response = connection.getresponse()
        assert (response.status, json.loads(response.read())) == (400, {"error": "no such event"})
        connection.close()


def test_what_is_sent_is_what_gradio_makes_of_it(letters: Any, tmp_path: Path) -> None:
    """The messages go past Gradio's own component, which may change what it sends."""
    import gradio as gr

    chat = Chat(Shelf(scanned(TEXT), Library(tmp_path, letters)))
    view = chat.ask("Who bit the boatman?", chat.start())
    html_part()
    with gr.Blocks():
        chatbot = gr.Chatbot(render_markdown=False, buttons=[])
    made = chatbot.postprocess(shown_answer(view)[0]).model_dump()
    messages, conversation, panel, text, asked, problem = direct_answer(view)
    assert messages == made
    assert (conversation, panel) == (view.conversation, shown_answer(view)[2])
    assert (text, asked, problem) == ({"__type__": "update"}, "", "")
    shown = json.dumps(pending_message(question_html("Who bit the boatman?")))
    assert json.loads(shown) == messages[0]


@pytest.mark.parametrize(
    ("length", "body", "status"),
    [(b"5", b"12345", 200), (b"6", b"123456", 413), (None, b"12345", 200), (b"many", b"1", 413)],
)
def test_the_limit_counts_bytes(length: bytes | None, body: bytes, status: int) -> None:
    seen: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-length", length)] if length else []
    scope = {"type": "http", "headers": headers}
    asyncio.run(BodyLimit(inner, most=5)(scope, receive, send))
    assert sent[0]["status"] == status
    assert seen == ([body] if status == 200 else [])


def test_no_chat_has_no_events(tmp_path: Path, letters: Any, monkeypatch: Any) -> None:
    import gradio as gr

    with gr.Blocks() as page:
        gr.Button("Read", elem_id="read")
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True)
    parts = urlsplit(url)
    try:
        with pytest.raises(QAError, match="has no event"):
            read_events(parts.hostname or "", parts.port or 0)
    finally:
        page.close(verbose=False)
        drop_loops()
