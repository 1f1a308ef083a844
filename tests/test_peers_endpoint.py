"""The adapter for chat endpoints, against a small server on this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from eval.asking import ask_all
from eval.dataset import Example
from eval.peers.endpoint import PROMPT, EndpointSystem
from eval.records import Row
from index.errors import QAError
from index.stories import make_story
from qa.records import Turn

PLOT = "Old Tam keeps the mill by the river. Bessy mends the sails."


class Server(ThreadingHTTPServer):
    """Replies to the last message by what it holds."""

    asked: list[dict[str, Any]]
    keys: list[str | None]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({"path": self.path, **body})
        self.server.keys.append(self.headers["Authorization"])
        question = body["messages"][-1]["content"]
        if "broken" in question:
            self._send(500, {"error": "out of memory"})
        elif "strange" in question:
            self._send(200, {"choices": []})
        elif "silent" in question:
            self._send(200, {"choices": [{"message": {"content": None}}]})
        else:
            text = "no answer." if "barn" in question else '"bessy".'
            self._send(200, {"choices": [{"message": {"content": text}}]})

    def _send(self, status: int, data: object) -> None:
        payload = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(("127.0.0.1", 0), Handler)
    running.asked, running.keys = [], []
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def system(server: Server) -> EndpointSystem:
    return EndpointSystem(f"http://127.0.0.1:{server.server_address[1]}/v1", "tiny")


def test_a_reply_is_an_answer_cited_where_the_story_says_it(
    server: Server, system: EndpointSystem, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    answer = system.prepare(make_story("mill", PLOT)).answer("Who mends the sails?", ())
    assert answer.short_answer == '"bessy".'
    (cited,) = answer.citations
    assert PLOT[cited.start : cited.end] == cited.text == "Bessy"
    (asked,) = server.asked
    assert asked["path"] == "/v1/chat/completions"
    assert (asked["model"], asked["temperature"]) == ("tiny", 0)
    assert PROMPT in asked["messages"][0]["content"]
    assert PLOT in asked["messages"][0]["content"]
    assert server.keys == [None]


def test_no_answer_is_declined(system: EndpointSystem):
    answer = system.prepare(make_story("mill", PLOT)).answer("Who burnt the barn?", ())
    assert (answer.answerable, answer.confidence, answer.citations) == (False, 0.0, ())


def test_the_conversation_and_the_key_are_sent(
    server: Server, system: EndpointSystem, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "for-tests")
    turns = (Turn("Who keeps the mill?", "Old Tam"),)
    system.prepare(make_story("mill", PLOT)).answer("Who mends its sails?", turns)
    assert [m["role"] for m in server.asked[0]["messages"]] == [
        "system", "user", "assistant", "user"
    ]  # fmt: skip
    assert server.asked[0]["messages"][2]["content"] == "Old Tam"
    assert server.keys == ["Bearer for-tests"]


def test_of_a_long_story_only_what_bm25_finds_is_sent(server: Server, system: EndpointSystem):
    filler = " ".join(f"Nothing happened on day {n} of that year." for n in range(700))
    story = make_story("long", f"{filler} Bessy mends the sails. {filler}")
    answerer = system.prepare(story)
    answer = answerer.answer("Who mends the sails?", ())
    sent = server.asked[0]["messages"][0]["content"]
    assert "Bessy mends the sails." in sent
    assert len(sent) < 5000
    assert answer.passages[0].passage.text == "Bessy mends the sails."
    assert story.text[answer.citations[0].start :].startswith("Bessy")
    assert len(answerer.passages) > 1000


@pytest.mark.parametrize(
    ("question", "said"),
    [("broken?", "status 500"), ("strange?", "no chat completion"), ("silent?", "sent no text")],
)
def test_what_goes_wrong_fails_that_question_alone(
    system: EndpointSystem, question: str, said: str
):
    story = make_story("mill", PLOT)
    examples = [
        Example(str(n), "mill", text, "who", True, ("Bessy",))
        for n, text in enumerate([question, "Who mends the sails?"])
    ]
    rows = [row for row in ask_all(system, {"mill": story}, iter([examples])) if type(row) is Row]
    assert said in (rows[0].error or "")
    assert "\n" not in (rows[0].error or "")
    assert (rows[1].error, rows[1].declined) == (None, False)


def test_no_server_is_told_before_anything_is_asked(server: Server, system: EndpointSystem):
    server.shutdown()
    server.server_close()
    with pytest.raises(QAError, match="no server answers at"):
        system.prepare(make_story("mill", PLOT))
