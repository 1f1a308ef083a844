"""`qa eval speed`: how fast the program is, beside its peers, on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from qa.program import examples, print_json

__all__ = ["speed_command"]

_MOST = 10_000_000


def _sizes(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[int, ...]:
    """Read numbers of passages, parted by commas."""
    parts = [part.strip() for part in (value or "").split(",") if part.strip()]
    if not all(part.isdecimal() and 0 < int(part) <= _MOST for part in parts):
        raise click.BadParameter(
            f"{value!r} is no list of numbers from 1 to {_MOST:,}, as 1000,10000"
        )
    return tuple(map(int, parts))


@click.command(
    "speed",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "qa eval speed",
        "qa eval speed --quick --no-load",
        "qa eval speed --load --peer-model FOLDER --json",
        "qa eval speed --scale 1000,10000,100000,1000000 --scale-alone",
    ),
)
@click.option(
    "--load/--no-load",
    default=True,
    show_default=True,
    help="Serve the chat and let 1, 8, 32 and 128 clients ask it at once.",
)
@click.option(
    "--scale",
    metavar="N[,N...]",
    callback=_sizes,
    help="Make libraries of so many passages in a temporary folder, and ask all stories at once. A "
    "million need up to 5 GB of disk.",
)
@click.option("--scale-alone", is_flag=True, help="Measure nothing but what --scale names.")
@click.option("--quick", is_flag=True, help="A little of everything: does it work?")
@click.option(
    "--peer-model",
    metavar="MODEL",
    help="Question-answering model that Haystack reads with: a Hugging Face folder or name. "
    "Without one, or without the packages of the extra `peers`, Haystack is left out.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports", "speed"),
    show_default=True,
    help="Folder for the report.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--quiet", is_flag=True, help="Do not tell what is being measured.")
def speed_command(
    load: bool,
    scale: tuple[int, ...],
    scale_alone: bool,
    quick: bool,
    peer_model: str | None,
    out: Path,
    as_json: bool,
    quiet: bool,
) -> None:
    """Measure cold start, warm answers by stage, indexing, and the chat under load.

    The plain recipe (sentence-transformers, FAISS, the nearest sentence) and Haystack are measured
    in the same run, and the ratios printed. Let nothing else run on the machine meanwhile.
    """
    from eval.speed.report import speed_markdown, write_speed
    from eval.speed.run import FULL, QUICK, measure, measure_libraries
    from qa.options import stay_offline

    def progress(text: str) -> None:
        if not quiet:
            click.echo(text, err=True)

    if scale_alone and not scale:
        raise click.UsageError("--scale-alone measures what --scale names; give both")
    stay_offline()
    plan = QUICK if quick else FULL
    if scale_alone:
        speed = measure_libraries(plan, scale, progress)
    else:
        speed = measure(plan, load=load, scale=scale, peer_model=peer_model, progress=progress)
    write_speed(out, speed)
    if as_json:
        print_json(speed.to_json(), indent=1)
    else:
        click.echo(speed_markdown(speed), nl=False)
    for line in speed.skipped:
        click.echo(f"left out: {line}", err=True)
    click.echo(f"report: {out / 'speed.html'}", err=True)
