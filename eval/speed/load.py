"""Many clients of the chat at once, each asking a story of its own and checking its answers."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from eval.speed.client import ANSWERED, REFUSED, PageClient, Reply, read_events
from eval.speed.records import Level, Load, Times
from eval.speed.server import Server
from eval.speed.stories import MadeStory, made_story
from index.errors import QAError, shown
from qa.question import Question
from qa.reader import Reader
from qa.records import Reading, Retrieved

__all__ = ["load_test", "reader_rate"]

_READ_STORIES = 8
_LEAST_SECONDS = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Session:
    """A client with its story, and what its questions are answered when it asks alone."""

    client: PageClient
    story: MadeStory
    alone: tuple[str, ...]


def load_test(
    server: Server,
    levels: Mapping[int, int],
    limit: float,
    progress: Callable[[str], None] = lambda _: None,
) -> Load:
    """Ask a running chat as many clients.

    First each client brings its story and asks all its questions while no other asks: what it
    then gets is what it must get in the crowd.

    Args:
        server: the chat.
        levels: numbers of clients, each with how often a client asks its story's questions.
        limit: questions a second that the reader alone reads, see `reader_rate`.
        progress: told what is done next.

    Raises:
        QAError: a story is not accepted, or a question fails even when asked alone.
    """
    events = read_events(server.host, server.port)
    stories = [made_story(number) for number in range(max(levels))]
    names = frozenset(name for story in stories for name in story.names)
    sessions: list[_Session] = []
    seconds: list[float] = []
    try:
        progress(f"load: bringing {len(stories)} stories, one a client")
        for story in stories:
            sessions.append(_Session(PageClient(server.host, server.port, events), story, ()))
            seconds.append(_done(sessions[-1].client.bring(story.text)).seconds)
        progress("load: asking each story alone")
        sessions = [_asked_alone(session) for session in sessions]
        found = []
        for clients, times in levels.items():
            progress(f"load: {clients} clients at once")
            found.append(_level(server, sessions[:clients], times))
        return Load(
            levels=tuple(level for level, _ in found),
            reader_rate=limit,
            right=_right(sessions),
            foreign=_foreign(sessions, names, [reply for _, given in found for reply in given]),
            stories=len(stories),
            story_seconds=median(seconds),
            resident_bytes=server.resident_bytes,
        )
    finally:
        for session in sessions:
            session.client.close()


def reader_rate(stories: int, passes: int = 3) -> float:
    """Return how many questions a second the reader reads, alone in this process.

    It reads what it is given in answering the questions of made stories: with one thread and
    then with two, of which the better one counts.

    Args:
        stories: from how many stories.
        passes: how often it reads everything, at least; and for two seconds, at least.
    """
    from index.build import build_index
    from index.stories import make_story
    from qa.agent import StoryAgent, default_encoder
    from qa.equipment import default

    encoder = default_encoder()
    equipment = default(encoder)
    kept = _Kept(equipment.reader)
    for number in range(min(stories, _READ_STORIES)):
        made = made_story(number)
        index = build_index(make_story(f"story-{number}", made.text), encoder)
        agent = StoryAgent(index, encoder, replace(equipment, reader=kept))
        for question in made.questions:
            agent.ask(question)

    def read(given: tuple[Question, Sequence[Retrieved]]) -> None:
        equipment.reader.read(*given)

    best = 0.0
    for threads in (1, 2):
        with ThreadPoolExecutor(threads) as pool:
            start, done = time.perf_counter(), 0
            while done < passes or time.perf_counter() - start < _LEAST_SECONDS:
                list(pool.map(read, kept.given))
                done += 1
            best = max(best, done * len(kept.given) / (time.perf_counter() - start))
    return best


class _Kept:
    """A reader that keeps what it is given."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.given: list[tuple[Question, Sequence[Retrieved]]] = []

    def read(self, question: Question, passages: Sequence[Retrieved]) -> Reading:
        self.given.append((question, passages))
        return self._reader.read(question, passages)


def _asked_alone(session: _Session) -> _Session:
    replies = [_done(session.client.ask(question)) for question in session.story.questions]
    return replace(session, alone=tuple(reply.text for reply in replies))


def _done(reply: Reply) -> Reply:
    if reply.status != ANSWERED:
        raise QAError(f"the chat {reply.status} a client that was alone: {shown(reply.text, 160)}")
    return reply


def _level(
    server: Server, sessions: Sequence[_Session], times: int
) -> tuple[Level, list[tuple[int, Reply]]]:
    """Let the sessions ask at once; return the figures, and each answer with its session's number.

    A conversation starts anew each time, since an answer may depend on the ones before.
    """
    for session in sessions:
        _done(session.client.clear())
    ready = threading.Barrier(len(sessions))

    def ask(session: _Session) -> list[tuple[Reply, bool, float]]:
        ready.wait()
        rows = []
        for number in range(times):
            if number:
                session.client.clear()
            for question, expected in zip(session.story.questions, session.alone, strict=True):
                reply = session.client.ask(question)
                wrong = reply.status == ANSWERED and reply.text != expected
                rows.append((reply, wrong, time.perf_counter()))
        return rows

    cpu = server.cpu_seconds
    with ThreadPoolExecutor(len(sessions)) as pool:
        found = list(pool.map(ask, sessions))
    spent = server.cpu_seconds
    rows = [row for own in found for row in own]
    answered = [reply for reply, _, _ in rows if reply.status == ANSWERED]
    refused = sum(reply.status == REFUSED for reply, _, _ in rows)
    began = min(end - reply.seconds for reply, _, end in rows)
    level = Level(
        clients=len(sessions),
        answered=len(answered),
        seconds=max(end for _, _, end in rows) - began,
        times=Times.of([reply.seconds for reply in answered]) if answered else None,
        refused=refused,
        errors=len(rows) - len(answered) - refused,
        wrong=sum(wrong for _, wrong, _ in rows),
        cpu_seconds=spent - cpu if spent is not None and cpu is not None else None,
    )
    return level, [(n, reply) for n, own in enumerate(found) for reply, _, _ in own]


def _right(sessions: Sequence[_Session]) -> float:
    """Return the share of the questions asked alone whose answer has the story's fact."""
    found = [
        fact in _words(text)
        for session in sessions
        for fact, text in zip(session.story.facts, session.alone, strict=True)
    ]
    return sum(found) / len(found)


def _foreign(
    sessions: Sequence[_Session], names: frozenset[str], replies: Sequence[tuple[int, Reply]]
) -> int:
    """Return how many answers name somebody whom only another session's story names."""
    return sum(
        bool(_words(reply.text) & (names - sessions[number].story.names))
        for number, reply in replies
        if reply.status == ANSWERED
    )


def _words(text: str) -> set[Any]:
    return set(re.findall(r"\w+", text))
