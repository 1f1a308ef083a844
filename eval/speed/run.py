"""The benchmark of speed from cold start to load: everything in one run, on whatever machine."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.speed.cold import cold_start
from eval.speed.load import load_test, reader_rate
from eval.speed.ratios import OURS
from eval.speed.records import BuildRate, ColdStart, Speed, Warm
from eval.speed.scale import measure_scale
from eval.speed.server import PROGRAM, served
from eval.speed.stories import book
from eval.speed.warm import Asker, our_asker, timed, warm_runs
from index.errors import QAError

if TYPE_CHECKING:
    from eval.peers.plain import PlainRecipe

__all__ = ["FULL", "QUICK", "Plan", "measure", "measure_libraries"]

_PLAIN, _HAYSTACK = "plain", "haystack"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured.

    Attributes:
        cold_runs: fresh processes a system.
        questions: how many of the shipped story's questions are asked; all where None.
        chapters: length of the long text to index, 16 sentences each.
        levels: numbers of clients, each with how often a client asks its story's questions.
        embedded: how many passages of a made library the encoder embeds, at most.
    """

    cold_runs: int
    questions: int | None
    chapters: int
    levels: Mapping[int, int]
    embedded: int


FULL = Plan(5, None, 64, {1: 4, 8: 2, 32: 1, 128: 1}, 20_000)
"""What is reported."""

QUICK = Plan(1, 3, 1, {1: 1, 3: 1}, 500)
"""Whether it works at all; its figures mean little."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """What the parts of a run share: the story, its questions, a data folder, a peer's model."""

    path: Path
    questions: tuple[str, ...]
    home: Path
    haystack: str | None


def measure(
    plan: Plan = FULL,
    *,
    load: bool = True,
    scale: Sequence[int] = (),
    peer_model: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Speed:
    """Measure the program and its peers on the shipped story.

    Args:
        plan: how much is measured.
        load: whether the chat is served and asked by many clients.
        scale: passages of the libraries that are made and asked as a whole; see `measure_scale`.
        peer_model: the question-answering model that Haystack reads with; without one, or without
            its packages, Haystack is left out.
        progress: told what is done next.

    Raises:
        QAError: a part cannot be measured.
    """
    from eval.gold_loader import load_gold
    from qa.agent import DEFAULT_STORY, SEEDS

    settings = _settings(plan)
    gold = load_gold(stories=(DEFAULT_STORY,))
    asked = tuple(example.question for example in gold.examples)[: plan.questions]
    settings["questions"] = f"{len(asked)} on {DEFAULT_STORY}"
    model, reason = _haystack(peer_model)
    with tempfile.TemporaryDirectory(prefix="qa-speed-") as folder:
        path = SEEDS / f"{DEFAULT_STORY}.txt"
        setting = _Setting(path, asked, Path(folder), model)
        cold = tuple(_cold(plan, setting, progress))
        recipe = _plain_recipe(path)
        warm = tuple(_warm(setting, recipe, progress))
        build = tuple(_build(plan, setting, recipe, progress))
        del recipe  # its memory is not the reader's
        found = None
        if load:
            progress("load: the reader alone")
            limit = reader_rate(max(plan.levels))
            progress("load: starting the chat")
            with served(DEFAULT_STORY, setting.home) as server:
                found = load_test(server, plan.levels, limit, progress)
    libraries = tuple(measure_scale(scale, plan.embedded, progress))
    return Speed(settings, cold, warm, build, found, (reason,) if reason else (), libraries)


def measure_libraries(
    plan: Plan, scale: Sequence[int], progress: Callable[[str], None] = lambda _: None
) -> Speed:
    """Measure libraries alone, as `measure` does among the rest.

    Raises:
        QAError: a library cannot be asked.
    """
    libraries = tuple(measure_scale(scale, plan.embedded, progress))
    return Speed(_settings(plan), (), (), (), None, (), libraries)


def _settings(plan: Plan) -> dict[str, str]:
    from qa.neural_reader import READER_MODEL

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    busy = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"
    return {
        "machine": f"{_processor()}, {cores} cores, {platform.system()}",
        "load average before": busy,
        "Python": platform.python_version(),
        "reader": "trained" if READER_MODEL.is_file() else "rules",
        "plan": "quick, not to be reported" if plan is QUICK else "full",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _haystack(model: str | None) -> tuple[str | None, str | None]:
    """Return the model that Haystack reads with, or None and why Haystack is left out."""
    from eval.peers.parts import installed

    try:
        for package in ("haystack-ai", "transformers-haystack"):
            installed(package, _HAYSTACK)
    except QAError as error:
        return None, str(error)
    return model, None if model else f"{_HAYSTACK}: name the model it reads with (--peer-model)"


def _plain_recipe(path: Path) -> PlainRecipe:
    from eval.peers.plain import PlainRecipe

    return PlainRecipe.from_text(path.read_text("utf-8"))


def _cold(plan: Plan, setting: _Setting, progress: Callable[[str], None]) -> Iterator[ColdStart]:
    question, env = setting.questions[0], {"QA_HOME": str(setting.home), "HF_HUB_OFFLINE": "1"}
    progress(f"cold start: {OURS}")
    # Status 1 is an answer too: the story does not say.
    yield cold_start(OURS, [*PROGRAM, "ask", question], plan.cold_runs, env, statuses=(0, 1))
    progress(f"cold start: {_PLAIN}")
    plain = [sys.executable, "-m", "eval.peers.plain"]
    kept = str(setting.home / _PLAIN)
    subprocess.run([*plain, "index", str(setting.path), kept], check=True)  # noqa: S603 - our own
    yield cold_start(_PLAIN, [*plain, "ask", kept, question], plan.cold_runs, env)
    if setting.haystack:
        progress(f"cold start: {_HAYSTACK}")
        asking = [_HAYSTACK, setting.haystack, str(setting.path), question]
        command = [sys.executable, "-m", "eval.peers", *asking]
        yield cold_start(_HAYSTACK, command, plan.cold_runs, env)


def _warm(
    setting: _Setting, recipe: PlainRecipe, progress: Callable[[str], None]
) -> Iterator[Warm]:
    from index.library import Library
    from index.stories import load_story
    from qa.agent import SEEDS, default_encoder

    progress(f"warm answers: {len(setting.questions)} questions")
    library = Library(setting.home, default_encoder(), SEEDS)
    askers: dict[str, Asker] = {OURS: our_asker(library.open(setting.path.stem))}
    askers[_PLAIN] = timed(recipe.ask)
    if setting.haystack:
        from eval.peers.haystack import HaystackSystem

        answerer = HaystackSystem(setting.haystack).prepare(load_story(setting.path))
        askers[_HAYSTACK] = timed(lambda question: answerer.answer(question, ()))
    yield from warm_runs(askers, setting.questions)


def _build(
    plan: Plan, setting: _Setting, recipe: PlainRecipe, progress: Callable[[str], None]
) -> Iterator[BuildRate]:
    from eval.peers.plain import PlainRecipe
    from index.build import build_index
    from index.stories import make_story
    from qa.agent import default_encoder

    build_index(make_story("first", book(1)), default_encoder())  # so that all models are loaded
    texts = {
        "the shipped story": setting.path.read_text("utf-8"),
        f"a made text of {16 * plan.chapters} sentences": book(plan.chapters),
    }
    for name, text in texts.items():
        progress(f"indexing: {name}")
        start = time.perf_counter()
        index = build_index(make_story("timed", text), default_encoder())
        yield BuildRate(OURS, name, len(index.passages), time.perf_counter() - start)
        start = time.perf_counter()
        count = len(PlainRecipe.from_text(text, recipe.model).texts)
        yield BuildRate(_PLAIN, name, count, time.perf_counter() - start)
