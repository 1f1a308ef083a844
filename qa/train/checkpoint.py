"""Checkpoints: what a run is at, and the weights that others begin with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from index.errors import DataError, StorageError, shown
from qa.train.model import Network
from qa.train.restore import weights_of

__all__ = ["load_mean", "load_network", "load_start", "load_teacher", "resumed", "save"]

_CHECKPOINT = "checkpoint.pt"


def load_network(folder: Path, network: Network) -> int:
    """Load the weights of the checkpoint in `folder`; return the steps that they were trained for.

    Raises:
        DataError: there is no checkpoint.
    """
    return load_mean([folder], network)


def load_start(start: Path, network: Network) -> None:
    """Load the weights of a run's folder, or of a reader that was exported to ONNX.

    Raises:
        DataError: there is no checkpoint, or the file is not a reader of this program.
    """
    if start.is_dir():
        load_network(start, network)
        return
    weights = weights_of(start)
    network.load_state_dict({name: torch.from_numpy(part) for name, part in weights.items()})


def load_teacher(folder: Path) -> Network:
    """Return the network of a run, whatever its encoder.

    Raises:
        DataError: there is no checkpoint.
    """
    state = _read(folder)
    network = Network(folder, weights=False)
    network.load_state_dict(state["network"])
    return network


def load_mean(folders: Sequence[Path], network: Network) -> int:
    """Load the mean of the weights of several runs; return the steps of the first.

    Runs that began with the same weights are better averaged than each alone, at no cost
    (Wortsman et al. 2022, model soups).

    Raises:
        DataError: there is no checkpoint in one of the folders.
    """
    states = [_read(folder) for folder in folders]
    rows = [state["network"] for state in states]
    network.load_state_dict(
        {
            name: torch.stack([row[name] for row in rows]).mean(0)
            if first.is_floating_point()
            else first
            for name, first in rows[0].items()
        }
    )
    return int(states[0]["step"])


def save(
    folder: Path,
    network: Network,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
    step: int,
    total: int,
) -> None:
    """Write what training needs to go on, and the encoder's configuration.

    Raises:
        StorageError: it cannot be written.
    """
    state = {
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "schedule": schedule.state_dict(),
        "random": torch.get_rng_state(),
        "step": step,
        "total": total,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        network.encoder.config.save_pretrained(folder)  # it tells what network this is
        fresh = folder / f"{_CHECKPOINT}.new"
        torch.save(state, fresh)
        fresh.replace(folder / _CHECKPOINT)
    except OSError as error:
        raise StorageError(f"cannot write to {shown(folder)}: {error.strerror}") from error


def resumed(
    folder: Path,
    network: Network,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
    total: int,
) -> int:
    """Load what `save` wrote; return the number of steps that were done.

    Raises:
        DataError: there is no checkpoint, or it is of other data or another seed.
    """
    state = _read(folder)
    if state["total"] != total:
        raise DataError(
            f"the checkpoint in {shown(folder)} is of data for {state['total']} steps, this is for "
            f"{total}; use the same data and seed"
        )
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    schedule.load_state_dict(state["schedule"])
    torch.set_rng_state(state["random"])
    return int(state["step"])


def _read(folder: Path) -> dict[str, Any]:
    try:
        state = torch.load(folder / _CHECKPOINT, map_location="cpu", weights_only=True)
    except OSError as error:
        raise DataError(
            f"no checkpoint in {shown(folder)}; train without --resume first"
        ) from error
    return dict(state)
