"""`qa eval narrativeqa`, `fairytaleqa`, `squad` and `duorc`: the public benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eval.benchmarks import duorc, fairytaleqa, narrativeqa, squad
from eval.options import Floor, finish, run_options, system_options
from qa.program import examples

if TYPE_CHECKING:
    from eval.benchmark_metrics import Scheme
    from eval.benchmarks.benchmark import Benchmark
    from eval.systems import System

__all__ = ["duorc_command", "fairytaleqa_command", "narrativeqa_command", "squad_command"]

_HELP = {"help_option_names": ["-h", "--help"]}
_OPTIONS = (
    click.option(
        "--data",
        type=click.Path(path_type=Path),
        required=True,
        help="Folder with the benchmark's official files.",
    ),
    click.option(
        "--limit", type=click.IntRange(1), metavar="N", help="Only the first N questions."
    ),
    system_options("human or oracle where the benchmark has them"),
    click.option(
        "--retrieval",
        is_flag=True,
        help="Compare ways to retrieve: does a passage with the best answer span come back?",
    ),
)


def _benchmark_options(command: Callable[..., Any]) -> Callable[..., Any]:
    return reduce(lambda wrapped, option: option(wrapped), reversed(_OPTIONS), run_options(command))


@click.command(
    "narrativeqa",
    context_settings=_HELP,
    epilog=examples(
        "qa eval narrativeqa --data narrativeqa --system human --system oracle",
        "qa eval narrativeqa --data narrativeqa --part last35 --system ours --system bm25",
        "qa eval narrativeqa --data narrativeqa --retrieval",
    ),
)
@click.option("--split", type=click.Choice(narrativeqa.SPLITS), default="valid", show_default=True)
@click.option(
    "--part",
    type=click.Choice(narrativeqa.PARTS),
    default="all",
    show_default=True,
    help="All documents of the split, its first 80 in file order, or its last 35.",
)
@_benchmark_options
def narrativeqa_command(data: Path, split: str, part: str, limit: int | None, **run: Any) -> None:
    """Ask NarrativeQA's questions on plot summaries.

    Scored by coco-caption's ROUGE-L and BLEU. `--system human` measures the second answer against
    the first, `--system oracle` the best span of at most 30 words.
    """
    from eval.benchmark_metrics import NARRATIVEQA

    benchmark = narrativeqa.load_narrativeqa(data, split, part, limit)
    _run(benchmark, NARRATIVEQA, {"split": split, "part": part}, **run)


@click.command(
    "fairytaleqa",
    context_settings=_HELP,
    epilog=examples(
        "qa eval fairytaleqa --data fairytaleqa --system oracle",
        "qa eval fairytaleqa --data fairytaleqa --setting tale --system ours --system plain",
        "qa eval fairytaleqa --data fairytaleqa --setting tale --retrieval",
    ),
)
@click.option("--split", type=click.Choice(fairytaleqa.SPLITS), default="val", show_default=True)
@click.option(
    "--setting",
    type=click.Choice(fairytaleqa.SETTINGS),
    default="section",
    show_default=True,
    help="What is asked: the sections that answer, or the whole tale.",
)
@_benchmark_options
def fairytaleqa_command(
    data: Path, split: str, setting: str, limit: int | None, **run: Any
) -> None:
    """Ask FairytaleQA's questions on children's tales.

    Scored by ROUGE-L F1 against the first answer, by attribute and by whether the answer is
    explicit. `--system human` measures the second annotator's answer, `--system oracle` the best
    span by ROUGE-L without stemming, `--system oracle-stemmed` with.
    """
    from eval.benchmark_metrics import FAIRYTALEQA

    benchmark = fairytaleqa.load_fairytaleqa(data, split, setting, limit)
    _run(benchmark, FAIRYTALEQA, {"split": split, "setting": setting}, **run)


@click.command(
    "squad",
    context_settings=_HELP,
    epilog=examples(
        "qa eval squad --data squad --limit 1000",
        "qa eval squad --data squadshifts/squadshifts_reddit.json --system ours --system bm25",
    ),
)
@click.option(
    "--split",
    type=click.Choice(squad.SPLITS),
    default="valid",
    show_default=True,
    help="Of no account where --data is a file.",
)
@_benchmark_options
def squad_command(data: Path, split: str, limit: int | None, **run: Any) -> None:
    """Ask the questions of a file in SQuAD's layout, 1.1 or 2.0, paragraph by paragraph.

    SQuADShifts, QAMR and others have it too: name the file with --data. Scored by the official EM
    and F1, with the best threshold where there are unanswerable questions.
    """
    from eval.benchmark_metrics import SQUAD

    benchmark = squad.load_squad(data, split, limit)
    _run(benchmark, SQUAD, {"file": benchmark.dataset.name}, **run)


@click.command(
    "duorc",
    context_settings=_HELP,
    epilog=examples(
        "qa eval duorc --data duorc --variant SelfRC",
        "qa eval duorc --data duorc --variant ParaphraseRC --split test --limit 500",
    ),
)
@click.option("--split", type=click.Choice(duorc.SPLITS), default="valid", show_default=True)
@click.option("--variant", type=click.Choice(duorc.VARIANTS), default="SelfRC", show_default=True)
@_benchmark_options
def duorc_command(data: Path, split: str, variant: str, limit: int | None, **run: Any) -> None:
    """Ask DuoRC's questions on film plots, some of which the plot does not answer."""
    from eval.benchmark_metrics import DUORC

    benchmark = duorc.load_duorc(data, split, variant, limit)
    _run(benchmark, DUORC, {"file": benchmark.dataset.name}, **run)


def _run(
    benchmark: Benchmark,
    scheme: Scheme,
    settings: dict[str, str],
    *,
    names: tuple[str, ...],
    peer_model: str | None,
    retrieval: bool,
    out: Path | None,
    workers: int,
    floors: list[Floor],
    as_json: bool,
    quiet: bool,
) -> None:
    from eval.benchmark_run import RECALL, run_benchmark, run_retrieval

    if retrieval and names:
        raise click.UsageError("--retrieval compares its own runs; leave --system out")
    name = benchmark.dataset.name + ("-retrieval" if retrieval else "")
    folder = out or Path("reports") / name
    if retrieval:
        summary = run_retrieval(
            benchmark, scheme, out=folder, progress=not quiet, settings=settings
        )
    else:
        if peer_model:
            settings = {**settings, "peers read with": peer_model}
        systems = _systems(dict.fromkeys(names or ("ours",)), benchmark, scheme, peer_model)
        summary = run_benchmark(
            benchmark, scheme, systems,
            out=folder, workers=workers, progress=not quiet, settings=settings,
        )  # fmt: skip
    metric = RECALL if retrieval else scheme.metric
    finish(summary, out=folder, floors=floors, as_json=as_json, metric=metric)


def _systems(
    names: Sequence[str] | dict[str, None],
    benchmark: Benchmark,
    scheme: Scheme,
    peer_model: str | None,
) -> list[System | str]:
    from eval.reference_runs import HUMAN
    from eval.systems import named

    own = [*([HUMAN] if benchmark.human else []), *scheme.oracles]
    return [name if name in own else named(name, peer_model, own) for name in names]
