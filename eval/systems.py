"""What is measured: anything that answers questions about a story, ours and simpler ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from eval.peers.named import PEERS, peer
from eval.retrieval_runs import RETRIEVAL_RUNS
from index.errors import QAError, shown
from index.persist import StoryIndex
from index.records import Passage, Story
from qa.records import Answer, Citation, Turn

__all__ = [
    "SYSTEMS",
    "Answerer",
    "Asked",
    "BaselineSystem",
    "DefaultSystem",
    "System",
    "TopSentence",
    "code_digest",
    "named",
]


class Answerer(Protocol):
    """What answers questions about one story."""

    @property
    def passages(self) -> Sequence[Passage]:
        """All that retrieval can return for this story; empty where that is not known."""

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        """Answer, with the retrieved passages listed best first.

        Raises:
            QAError: there is no answer to this question because something went wrong.
        """


class System(Protocol):
    """What makes answerers. Nothing is loaded before `prepare`; it is pickled before that."""

    @property
    def name(self) -> str:
        """What it is called in tables and on the command line."""

    @property
    def fingerprint(self) -> str:
        """What its answers depend on besides question and story: code, weights, settings."""

    def prepare(self, story: Story) -> Answerer:
        """Read and index a story.

        Raises:
            StoryError: this story cannot be used.
            QAError: the system cannot be used.
        """


class Asked:
    """An answerer made of an index and a function from question and history to an answer."""

    def __init__(self, index: StoryIndex, ask: Callable[[str, Sequence[Turn]], Answer]) -> None:
        self.passages = index.passages
        self._ask = ask

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        """Answer as the function does."""
        return self._ask(question, history)


@dataclass(frozen=True, slots=True)
class DefaultSystem:
    """The program as its users get it; `always` answers however weak the evidence is."""

    name: str = "ours"
    always: bool = False

    @property
    def fingerprint(self) -> str:
        """Digest of the program's code and packaged models."""
        return code_digest()

    def prepare(self, story: Story) -> Answerer:
        """Index the story in memory."""
        from qa.agent import StoryAgent, default_encoder
        from qa.equipment import default

        index, encoder = _indexed(story), default_encoder()
        equipment = default(encoder)
        if self.always:
            equipment = replace(equipment, calibrator=replace(equipment.calibrator, threshold=0.0))
        return Asked(index, StoryAgent(index, encoder, equipment).ask)


@dataclass(frozen=True, slots=True)
class BaselineSystem:
    """The program with the rule-based reader and its calibration."""

    name: str = "baseline"

    @property
    def fingerprint(self) -> str:
        """Digest of the program's code and packaged models."""
        return code_digest()

    def prepare(self, story: Story) -> Answerer:
        """Index the story in memory."""
        from qa.agent import StoryAgent, default_encoder
        from qa.equipment import baseline

        index, encoder = _indexed(story), default_encoder()
        return Asked(index, StoryAgent(index, encoder, baseline(encoder)).ask)


@dataclass(frozen=True, slots=True)
class TopSentence:
    """Retrieval alone: the first passage is the answer, its score the confidence.

    Attributes:
        name: what it is called.
        run: one of `RETRIEVAL_RUNS`.
        depth: how many passages are listed.
    """

    name: str
    run: str
    depth: int = 10

    @property
    def fingerprint(self) -> str:
        """Digest of the program's code, with the settings."""
        return f"{code_digest()} {self.run} {self.depth}"

    def prepare(self, story: Story) -> Answerer:
        """Index the story in memory."""
        from qa.agent import default_encoder

        index, encoder = _indexed(story), default_encoder()
        search = RETRIEVAL_RUNS[self.run](index, encoder)

        def ask(question: str, history: Sequence[Turn]) -> Answer:  # noqa: ARG001 - it has none
            found = tuple(search(question, self.depth))
            best = found[0].passage if found else None
            return Answer(
                question=question,
                interpreted_as=None,
                answer=best.text if best else "",
                short_answer=best.text if best else None,
                answerable=best is not None,
                confidence=min(1.0, max(0.0, found[0].score)) if found else 0.0,
                citations=(Citation(best.text, best.start, best.end),) if best else (),
                passages=found,
                story=story.story_id,
            )

        return Asked(index, ask)


SYSTEMS: dict[str, System] = {
    system.name: system
    for system in (
        DefaultSystem(),
        DefaultSystem("ours-always", always=True),
        BaselineSystem(),
        TopSentence("plain", "dense"),
        TopSentence("bm25", "bm25"),
    )
}
"""What `--system` names: ours, also such that it never declines; the rule-based reader; and the two
plain recipes."""


def named(name: str, peer_model: str | None = None, others: Sequence[str] = ()) -> System:
    """Return the system, or the peer, of that name.

    Args:
        name: a key of `SYSTEMS`, or as in `eval.peers.named.PEERS`.
        peer_model: the question-answering model that haystack and txtai read with.
        others: what else could have been named, for the error.

    Raises:
        QAError: there is none, or a peer's name lacks a part.
    """
    found = SYSTEMS.get(name) or peer(name, peer_model)
    if found is None:
        known = ", ".join([*SYSTEMS, *others, *PEERS])
        raise QAError(f"no system {shown(name)}; name one of {known}")
    return found


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return the SHA-256 of the program: the code and packaged models of `index` and `qa`."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for package in ("index", "qa"):
        for path in sorted((root / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(root)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=64)
def _indexed(story: Story) -> StoryIndex:
    """Return the index of a story; kept, so that runs compared in one process share it."""
    from eval.indexes import index_of
    from qa.agent import default_encoder

    return index_of(story, default_encoder())
