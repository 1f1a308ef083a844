"""Reading with the network under training, through the same code as the exported one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from qa.neural_reader import NeuralReader, load_tokenizer

if TYPE_CHECKING:
    from qa.decode import Scale
    from qa.train.model import Network

__all__ = ["torch_reader"]


def torch_reader(
    network: Network, scale: Scale | None = None, max_length: int = 384
) -> NeuralReader:
    """Return a reader that runs the network as it is now, in float32."""
    where = next(network.parameters()).device

    def run(
        ids: NDArray[np.int64], mask: NDArray[np.int64], types: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        with torch.inference_mode():
            found = network(*(torch.from_numpy(rows).to(where) for rows in (ids, mask, types)))
        start, end, answerable = (part.cpu().numpy() for part in found)
        return start, end, answerable

    return NeuralReader(run, load_tokenizer(), scale, max_length)
