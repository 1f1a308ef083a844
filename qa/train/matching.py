"""What a teacher reads in every word piece, for a smaller network to match.

Where an answer starts and ends is little to learn from; the hidden states behind it say more, of
all pieces of a window. The network's own are mapped to the teacher's width first, as FitNets'
(Romero et al. 2015) and TinyBERT's (Jiao et al. 2020) are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn import functional as nnf

from qa.train.model import Network

__all__ = ["Matching", "listening"]

States = list[torch.Tensor]
"""Of the layer half way up and of the last one: (word pieces, width), padding left out."""

_WEIGHTS = (2.5, 5.0)  # of the two layers: half as strong as the logits' loss, in gradients
_RIDGE = 10.0
_LEAST = 1e-3


@contextmanager
def listening(network: Network) -> Iterator[States]:
    """Collect the states of all that is run through the network; they are there at the end."""
    layers = network.encoder.encoder.layer
    heard: list[States] = [[], []]
    masks: States = []
    found: States = []

    def mask(_: nn.Module, inputs: tuple[torch.Tensor, ...], __: Any) -> None:
        masks.append(inputs[1].bool())

    def state(row: int) -> Any:
        def hook(_: nn.Module, __: Any, output: Any) -> None:
            heard[row].append(output[0] if isinstance(output, tuple) else output)

        return hook

    taps = [network.register_forward_hook(mask)]
    for row, number in enumerate((len(layers) // 2 - 1, len(layers) - 1)):
        taps.append(layers[number].register_forward_hook(state(row)))
    try:
        yield found
    finally:
        for tap in taps:
            tap.remove()
    for states in heard:
        parts = [s[m].float() for s, m in zip(states, masks, strict=True)]
        found.append(torch.cat(parts))


class Matching:
    """Linear maps from a network's states to a teacher's, trained along with the network.

    They are fitted to the first states by least squares, and the teacher's states scaled to unit
    variance in every channel: a few are louder than all others.

    Args:
        rate: at which the maps go on learning.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._maps: list[nn.Linear] = []
        self._scales: list[tuple[torch.Tensor, torch.Tensor]] = []
        self._optimiser: torch.optim.Optimizer | None = None

    def apart(self, own: Sequence[torch.Tensor], others: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return the weighted mean squares between the mapped states and the teacher's."""
        if not self._maps:
            self._fit(own, others)
        return torch.stack(
            [
                weight * nnf.mse_loss(onto(state), (other - mean) / spread)
                for weight, onto, state, other, (mean, spread) in zip(
                    _WEIGHTS, self._maps, own, others, self._scales, strict=True
                )
            ]
        ).sum()

    def step(self) -> None:
        """Let the maps learn from the gradients that they have."""
        if self._optimiser:
            self._optimiser.step()
            self._optimiser.zero_grad(set_to_none=True)

    def _fit(self, own: Sequence[torch.Tensor], others: Sequence[torch.Tensor]) -> None:
        for state, other in zip(own, others, strict=True):
            mean, spread = other.mean(0), other.std(0) + _LEAST
            known = nnf.pad(state.detach(), (0, 1), value=1.0)
            square = known.T @ known + _RIDGE * torch.eye(known.shape[1], device=known.device)
            solved = torch.linalg.solve(square, known.T @ ((other - mean) / spread))
            onto = nn.Linear(state.shape[1], other.shape[1], device=state.device)
            with torch.no_grad():
                onto.weight.copy_(solved[:-1].T)
                onto.bias.copy_(solved[-1])
            self._maps.append(onto)
            self._scales.append((mean, spread))
        learnt = [p for onto in self._maps for p in onto.parameters()]
        self._optimiser = torch.optim.AdamW(learnt, lr=self._rate)
