"""Asking a whole library in a process of its own, whose memory is then that of asking.

    python -m eval.speed.scale_ask HOME < QUESTIONS.json

reads a list of [question, story, fact] and prints a `ScaleAsking` as JSON.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from eval.speed.records import ScaleAsking, Times
from index.errors import QAError, shown

__all__ = ["Asked", "asked_apart"]

Asked = tuple[str, str, str]
"""A question, the story that tells, and the word that a right answer has."""

_OPENED = 5


def asked_apart(home: Path, questions: Sequence[Asked]) -> ScaleAsking:
    """Ask all questions in a fresh process, after one that does not count.

    Args:
        home: the data folder.
        questions: at least one.

    Raises:
        QAError: the process fails.
    """
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "eval.speed.scale_ask", str(home)],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise QAError(f"asking the library {shown(home)} failed: {shown(said[-1] if said else '')}")
    data = json.loads(done.stdout)
    question, search = (Times(**data.pop(name)) for name in ("question", "search"))
    return ScaleAsking(question=question, search=search, **data)


def _ask(home: Path, questions: Sequence[Asked]) -> ScaleAsking:
    from index.gathering import open_corpus
    from index.library import Library
    from qa.agent import default_encoder
    from qa.library_agent import LibraryAgent

    encoder = default_encoder()
    library = Library(home, encoder)
    open_corpus(library)  # modules are loaded by it, and digests compared
    opened = []
    for _ in range(_OPENED):
        start = time.perf_counter()
        corpus = open_corpus(library)
        opened.append(time.perf_counter() - start)
    agent = LibraryAgent(corpus, library.reopen, encoder)
    agent.ask(questions[0][0])
    asking, searching, found, right = [], [], 0, 0
    for question, story, fact in questions:
        start = time.perf_counter()
        answer = agent.ask(question)
        asking.append(time.perf_counter() - start)
        found += answer.story == story
        right += fact in re.findall(r"\w+", answer.answer)
        vector = encoder.encode([question])[0]
        start = time.perf_counter()
        corpus.nearest(vector, 10)
        searching.append(time.perf_counter() - start)
    return ScaleAsking(
        open_seconds=median(opened),
        question=Times.of(asking),
        search=Times.of(searching),
        found=found / len(questions),
        right=right / len(questions),
        peak_bytes=_peak(),
    )


def _peak() -> int | None:
    """Return the most memory that was resident; None where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    line = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(line[1]) * 1024 if line else None


if __name__ == "__main__":
    print(json.dumps(asdict(_ask(Path(sys.argv[1]), json.load(sys.stdin)))))
