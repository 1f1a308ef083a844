"""The command that trains the reader: `qa train`, or `python -m qa.train`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from qa.program import examples

__all__ = ["train_command"]


@click.command(
    "train",
    epilog=examples(
        "qa train ../shared/data --out reader",
        "qa train ../shared/data --out reader --resume --steps 1500",
        "qa train ../shared/data --out reader --export-only",
        "qa train ../shared/data --out second --start first --seed 1 --mean-of first",
        "qa train ../shared/data --out teacher --encoder all-mpnet-base-v2 --frozen 3",
        "qa train ../shared/data --out third --start qa/models/reader.onnx --teacher teacher "
        "--epochs 3",
    ),
)
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reader"),
    show_default=True,
    help="Folder for checkpoints, the exported reader and its model card.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of all that is drawn by lot.")
@click.option("--steps", type=int, help="End after so many steps.  [default: all of the data]")
@click.option(
    "--epochs",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Read all of the data so many times; a teacher reads it once.",
)
@click.option("--resume", is_flag=True, help="Go on from the checkpoint in the folder.")
@click.option(
    "--start",
    type=click.Path(exists=True, path_type=Path),
    help="Begin with the weights of the run in this folder, or of this exported reader (.onnx).",
)
@click.option(
    "--encoder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A BERT to begin with, or an MPNet, which makes a teacher: it is validated and not "
    "exported.  [default: the packaged encoder]",
)
@click.option(
    "--teacher",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Learn from the run in this folder as well, whose --encoder was a bigger network.",
)
@click.option(
    "--frozen",
    type=click.IntRange(0, 5),
    default=0,
    show_default=True,
    help="Leave so many layers as they are, from the bottom; for later runs, and faster.",
)
@click.option("--dropout", type=click.FloatRange(0, 0.9), default=0.0, show_default=True)
@click.option("--threads", type=int, help="CPU threads.  [default: all]")
@click.option("--questions", type=int, help="Validate on so many of each kind.  [default: all]")
@click.option("--export-only", is_flag=True, help="Train no more; validate and export.")
@click.option(
    "--mean-of",
    "others",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="Export the mean of the weights and those of the run in this folder. Repeatable.",
)
def train_command(
    data: Path,
    out: Path,
    seed: int,
    steps: int | None,
    epochs: int,
    resume: bool,
    start: Path | None,
    encoder: Path | None,
    teacher: Path | None,
    frozen: int,
    dropout: float,
    threads: int | None,
    questions: int | None,
    export_only: bool,
    others: tuple[Path, ...],
) -> None:
    """Train the reader on the data in the folder DATA, validate it, and export it to ONNX.

    DATA holds fairytaleqa/, narrativeqa/ and squad_format/, each as published. Needs the extra
    `train`. A usable reader takes an hour or two on a laptop's CPU.
    """
    from qa.train.extra import needed

    needed()
    import torch
    from tqdm import tqdm

    from index.minilm import load_tokenizer, packaged_folder
    from qa.train.checkpoint import load_mean, load_start, load_teacher
    from qa.train.exchange import exchanged, neighbours
    from qa.train.export import SAMPLE, export
    from qa.train.lessons import Plan, lessons
    from qa.train.loop import Settings, train
    from qa.train.model import Network
    from qa.train.torch_run import torch_reader
    from qa.train.validate import Validation, validation_set

    def report(line: str) -> None:
        tqdm.write(line, file=sys.stderr)

    if threads:
        torch.set_num_threads(threads)
    torch.manual_seed(seed)
    network = Network(encoder or packaged_folder(), dropout, frozen)
    if start:
        load_start(start, network)
    settings = Settings(seed=seed)
    if not export_only:
        taught_by = load_teacher(teacher) if teacher else None
        tokenizer = load_tokenizer()
        groups = lessons(data, tokenizer, Plan(), seed, report)
        if taught_by:
            words = network.encoder.get_input_embeddings().weight.detach().numpy()
            near = neighbours(tokenizer, words)
            groups = exchanged(groups, tokenizer, near, seed)
        sample = validation_set(data, limit=40)
        sample = [asked for asked in sample if asked.kind != "fairytaleqa whole"]

        def validate(step: int) -> None:
            report(f"step {step} {Validation.of(torch_reader(network), sample).line}")

        train(
            network,
            groups,
            settings,
            out,
            resume=resume,
            steps=steps,
            epochs=epochs,
            teacher=taught_by,
            report=report,
            validate=validate,
        )
    done = load_mean([out, *others], network)
    command = f"qa train {data.name} --seed {seed} --steps {done}"
    command += f" --epochs {epochs}" if epochs > 1 else ""
    command += f" --start {start.name}" if start else ""
    command += f" --encoder {encoder.name}" if encoder else ""
    command += f" --teacher {teacher.name}" if teacher else ""
    command += f" --frozen {frozen}" if frozen else ""
    command += f" --dropout {dropout}" if dropout else ""
    command += "".join(f" --mean-of {other.name}" for other in others)
    asked = validation_set(data, limit=questions)
    if not network.exportable:
        network.eval()
        report(Validation.of(torch_reader(network), asked).line)
        return
    sample = validation_set(data, limit=min(SAMPLE, questions or SAMPLE))
    export(network, asked, sample, out, settings, done, command, report)


if __name__ == "__main__":
    train_command()
