"""A client of the chat: the HTTP that the page speaks with its server, without a browser."""

from __future__ import annotations

import http.client
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from index.errors import QAError, shown

__all__ = ["ANSWERED", "FAILED", "REFUSED", "PageClient", "PageEvents", "Reply", "read_events"]

ANSWERED = "answered"
REFUSED = "refused"
FAILED = "failed"

_TIMEOUT = 300.0
_QUEUE = "/gradio_api/queue"
_ASK = "/gradio_api/run/predict"
_BUSY = "try again"
_JSON = {"Content-Type": "application/json"}
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r'(class="qa-(?:cite|number)"[^>]*>)\d+')  # counts a conversation's citations
_ANSWER = re.compile(r'<div class="qa-answer\b')


@dataclass(frozen=True, slots=True)
class PageEvents:
    """Numbers of the page's functions: asking, bringing a pasted story, and starting over.

    Asking is answered at once; the others are queued, and what comes of them is a stream.
    """

    ask: int
    bring: int
    clear: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request.

    Attributes:
        status: `ANSWERED`; `REFUSED` where too many waited; else `FAILED`.
        text: the newest answer as it is shown, without its markup; else why there is none.
        seconds: from sending the request to the last of what came back.
    """

    status: str
    text: str
    seconds: float


def read_events(host: str, port: int) -> PageEvents:
    """Read from the page's own configuration what its events are called.

    Raises:
        QAError: it has no such events.
    """
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
    connection.request("GET", "/config")
    config = json.loads(connection.getresponse().read())
    connection.close()
    elements = {c["id"]: c.get("props", {}).get("elem_id") for c in config["components"]}
    numbers = {
        (elements.get(target), event): dependency["id"]
        for dependency in config["dependencies"]
        for target, event in dependency["targets"]
    }
    # A question is first shown, in the browser, and then asked.
    after = {d["trigger_after"]: d["id"] for d in config["dependencies"] if not d["queue"]}
    try:
        return PageEvents(
            ask=after[numbers["question", "submit"]],
            bring=numbers["read", "click"],
            clear=numbers["clear", "click"],
        )
    except KeyError as error:
        raise QAError(f"the chat at {host}:{port} has no event {shown(error.args[0])}") from error


class PageClient:
    """One session of the chat, as one open page is. For one thread at a time."""

    def __init__(self, host: str, port: int, events: PageEvents) -> None:
        self._host = host
        self._port = port
        self._events = events
        self._session = uuid.uuid4().hex
        self._connection: http.client.HTTPConnection | None = None
        self._answers = 0

    def bring(self, text: str) -> Reply:
        """Paste a story; its text is then what the session asks."""
        reply = self._call(lambda: self._queued(self._events.bring, [text, None]))
        self._answers = 0 if reply.status == ANSWERED else self._answers
        return reply

    def ask(self, question: str) -> Reply:
        """Ask the session's story; without one more answer in the chat, the reply is `FAILED`."""
        return self._call(lambda: self._asked(question))

    def clear(self) -> Reply:
        """Begin a new conversation about the same story."""
        reply = self._call(lambda: self._queued(self._events.clear, [None]))
        self._answers = 0 if reply.status == ANSWERED else self._answers
        return reply

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _call(self, exchange: Callable[[], tuple[str, str]]) -> Reply:
        start = time.perf_counter()
        try:
            status, text = exchange()
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            status, text = FAILED, f"{type(error).__name__}: {error}"
        return Reply(status, text, time.perf_counter() - start)

    def _asked(self, question: str) -> tuple[str, str]:
        status, said = self._post(_ASK, self._events.ask, [question, None])
        if status is not None:
            return status, said
        chat, *_, problem = json.loads(said)["data"]
        if problem:
            return REFUSED if _BUSY in problem else FAILED, problem
        found = _answers(chat)
        if len(found) != self._answers + 1:
            return FAILED, f"{len(found)} answers in the chat, not {self._answers + 1}"
        self._answers += 1
        return ANSWERED, found[-1]

    def _queued(self, function: int, data: list[Any]) -> tuple[str, str]:
        """Join the queue, then read the stream of events until the function is done."""
        status, said = self._post(f"{_QUEUE}/join", function, data)
        if status is not None:
            return status, said
        event = json.loads(said)["event_id"]
        response = self._send("GET", f"{_QUEUE}/data?session_hash={self._session}")
        done: Mapping[str, Any] | None = None
        for message in _messages(response):
            if message["msg"] == "process_completed" and message.get("event_id") == event:
                done = message
        if done is None or not done["success"]:
            return FAILED, str(done["output"] if done else "the stream ended early")
        return ANSWERED, ""

    def _post(self, path: str, function: int, data: list[Any]) -> tuple[str | None, str]:
        """Call a function of the page; return what is wrong, if anything is, and what came back."""
        body = {"fn_index": function, "data": data, "session_hash": self._session}
        response = self._send("POST", path, json.dumps(body))
        said = response.read().decode("utf-8", "replace")
        if response.status == http.client.OK:
            return None, said
        full = response.status == http.client.SERVICE_UNAVAILABLE
        return REFUSED if full else FAILED, said

    def _send(self, method: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
        """Send a request; anew where the server has meanwhile closed an idle connection."""
        kept = self._connection is not None
        try:
            return self._sent(method, path, body)
        except (ConnectionError, http.client.RemoteDisconnected):
            self.close()
            if not kept:
                raise
            return self._sent(method, path, body)

    def _sent(self, method: str, path: str, body: str | None) -> http.client.HTTPResponse:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT)
        self._connection.request(method, path, body, _JSON if body else {})
        return self._connection.getresponse()


def _messages(response: http.client.HTTPResponse) -> Iterator[Mapping[str, Any]]:
    """Yield the events of a stream, to its end."""
    for line in response:
        if line.startswith(b"data:"):
            yield json.loads(line[5:])


def _answers(chat: Any) -> list[str]:
    """Return the text of each answer of the chat."""
    found = (next(_shown(message), None) for message in chat)
    return [text for text in found if text is not None]


def _shown(value: Any) -> Iterator[str]:
    """Yield the texts of answers in a message, however its parts are nested."""
    if isinstance(value, str):
        if _ANSWER.search(value):
            yield " ".join(unescape(_TAG.sub(" ", _NUMBER.sub(r"\1", value))).split())
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _shown(part)
    elif isinstance(value, list):
        for part in value:
            yield from _shown(part)
