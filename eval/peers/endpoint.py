"""A chat model behind an OpenAI-compatible endpoint: a local server, or one the user names.

It has the whole story where that is short enough, else the passages that BM25 finds, in story
order. The key is taken from OPENAI_API_KEY, if that is set.
"""

from __future__ import annotations

import json
import os
import socket
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from eval.peers.parts import answered, quoted
from eval.systems import Answerer
from index.errors import QAError, shown
from index.lexical import LexicalStore
from index.passages import split
from index.query import Query
from index.records import Passage, Story
from qa.records import Answer, Turn

__all__ = ["NO_ANSWER", "EndpointSystem"]

NO_ANSWER = "NO ANSWER"
"""What the model is to reply where the story does not say."""

PROMPT = (
    "Answer the question from the story alone, in as few words as possible, with the story's own "
    f"words where you can. If the story does not say, reply {NO_ANSWER}."
)

_LONGEST = 24_000  # characters, about 6,000 tokens: every small model's window holds that
_PASSAGES = 40
_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class EndpointSystem:
    """A served chat model, asked with temperature 0.

    Attributes:
        url: what `/chat/completions` comes after, such as `http://localhost:8080/v1`.
        model: its name there.
    """

    url: str
    model: str

    @property
    def name(self) -> str:
        """What it is called: the model."""
        return f"openai:{self.model}"

    @property
    def fingerprint(self) -> str:
        """Address, model and prompt."""
        return f"{self.url} {self.model} {PROMPT}"

    def prepare(self, story: Story) -> Answerer:
        """Split the story if it is long.

        Raises:
            QAError: nothing answers at that address.
        """
        parts = urlsplit(self.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            socket.create_connection((parts.hostname or "", port), timeout=10).close()
        except OSError as error:
            raise QAError(
                f"no server answers at {shown(self.url)}: {error.strerror or error}; "
                "start it, or correct the address"
            ) from error
        return _Asking(story, self)


class _Asking:
    """One story in the prompt."""

    def __init__(self, story: Story, system: EndpointSystem) -> None:
        self._story = story
        self._system = system
        self.passages: Sequence[Passage] = ()
        if len(story.text) > _LONGEST:
            self.passages, _ = split(story)
            self._store = LexicalStore.from_texts([p.text for p in self.passages])

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        """Ask the model; the conversation goes before the question.

        Raises:
            QAError: the server fails, or its reply is none.
        """
        found = self._found(question)
        context = "\n".join(p.text for p, _ in sorted(found, key=lambda f: f[0].start))
        messages = [
            {"role": "system", "content": f"{PROMPT}\n\nStory:\n{context or self._story.text}"}
        ]
        for turn in history:
            messages.append({"role": "user", "content": turn.question})
            messages.append({"role": "assistant", "content": turn.answer})
        messages.append({"role": "user", "content": question})
        reply = _reply(self._system, messages).strip()
        told = bool(reply) and NO_ANSWER.lower() not in reply.lower()
        near = [passage for passage, _ in found]
        cited = quoted(self._story, reply.strip(" .\"'"), near) if told else None
        return answered(self._story, question, reply if told else None, float(told), cited, found)

    def _found(self, question: str) -> list[tuple[Passage, float]]:
        if not self.passages:
            return []
        import numpy as np

        nothing = np.zeros(0, dtype=np.float32)
        hits = self._store.search(Query(question, nothing, (), nothing.reshape(0, 0)), _PASSAGES)
        return [(self.passages[hit.passage_id], hit.score / (1 + hit.score)) for hit in hits]


def _reply(system: EndpointSystem, messages: Sequence[dict[str, str]]) -> str:
    body = {"model": system.model, "messages": list(messages), "temperature": 0, "max_tokens": 100}
    headers = {"Content-Type": "application/json"}
    if key := os.environ.get("OPENAI_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(  # noqa: S310 - http and https only, see eval.peers.named
        f"{system.url}/chat/completions", json.dumps(body).encode(), headers
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310
            data: Any = json.loads(response.read())
        text = data["choices"][0]["message"]["content"]
    except urllib.error.HTTPError as error:
        said = error.read(200).decode("utf-8", "replace")
        raise QAError(f"{system.name} replied with status {error.code}: {shown(said)}") from error
    except OSError as error:
        raise QAError(f"{system.name} cannot be reached: {shown(error)}; try again") from error
    except (ValueError, LookupError, TypeError) as error:
        raise QAError(f"{system.name} sent no chat completion: {shown(error)}") from error
    if not isinstance(text, str):
        raise QAError(f"{system.name} sent no text: {shown(text)}")
    return text
