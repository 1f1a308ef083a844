"""The chat as a server: what it refuses, and that sessions which ask at once do not mix."""

from __future__ import annotations

import asyncio
import http.client
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
from ui.limits import BodyLimit
from ui.shelf import Shelf

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
        assert "1 answers in the chat, not 2" in long.text
        for client in (first, second):
            client.close()
        # Nothing is summed up over all requests, which would make each one slower than the last.
        assert page._queue.cached_event_analytics_summary == {"functions": {}}
        assert len(page._queue.event_analytics) <= 1


def test_a_full_queue_turns_away_and_the_others_are_answered(
    tmp_path: Path, letters: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(app, "_WAITING", 2)
    agent = scanned(TEXT)
    agent.hold = threading.Semaphore(0)
    with site(agent, tmp_path, letters) as (host, port, page):
        events = read_events(host, port)
        clients = [PageClient(host, port, events) for _ in range(7)]
        with ThreadPoolExecutor(4) as pool:
            ask = "Who bit the boatman?"
            replies = [pool.submit(client.ask, ask) for client in clients[:2]]
            assert all(agent.held.acquire(timeout=100) for _ in replies)  # two are being answered
            replies += [pool.submit(client.ask, ask) for client in clients[2:4]]
            while len(page._queue) < 2:
                time.sleep(0.02)
            refused = [client.ask(ask) for client in clients[4:]]
            agent.hold.release(4)
            answered = [future.result() for future in replies]
        assert [reply.status for reply in refused] == [REFUSED] * 3
        assert all("Queue is full" in reply.text for reply in refused)
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
