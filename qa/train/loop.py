"""The training loop: optimiser, schedule, checkpoints, progress."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional as nnf

from qa.train.checkpoint import resumed, save
from qa.train.features import Batch, Group, batches, collate
from qa.train.matching import Matching, listening
from qa.train.model import Logits, Network, distillation, loss

__all__ = ["Settings", "device", "mixed", "train"]

_TAUGHT = 0.8  # share of the teacher in the loss


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train. `tokens` and `windows` bound a batch; `rate` is the encoder's peak rate."""

    seed: int = 0
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    warm_up: float = 0.05
    decay: float = 0.4
    """Share of the steps over which the rate falls to nought, linearly; before that it is constant
    (warm-up, stable, decay: Hu et al. 2024), so that a run can be made shorter while it runs."""
    weight_decay: float = 0.01
    tokens: int = 2_600
    windows: int = 40
    save_every: float = 600.0
    """Seconds between checkpoints."""


def device() -> torch.device:
    """Return the GPU if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def mixed(where: torch.device) -> bool:
    """Tell whether bfloat16 is faster there than float32: on CPUs, only with AVX-512."""
    if where.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return torch.backends.cpu.get_cpu_capability() == "AVX512"


def train(
    network: Network,
    groups: Sequence[Group],
    settings: Settings,
    folder: Path,
    *,
    resume: bool = False,
    steps: int | None = None,
    epochs: int = 1,
    teacher: Network | None = None,
    report: Callable[[str], None] = print,
    validate: Callable[[int], None] | None = None,
) -> None:
    """Train the network on the groups, in order; in later `epochs`, if any, in another order.

    A checkpoint is written to `folder` every ten minutes and at the end; `resume` goes on from it.
    `steps` ends the run early, its schedule fitted to that. `validate` is called after each
    checkpoint with the number of steps done. With a `teacher`, most of the loss is how far what
    the network finds is from what that one finds, which is worked out once for all epochs: three
    fifths of the time go into it. Where the teacher reads, its hidden states are matched as well,
    wholly in the first half of the steps, then less and less.

    Raises:
        DataError: there is nothing to resume from, or it is of other data or another seed.
        StorageError: a checkpoint cannot be written.
    """
    where = device()
    network.to(where)
    taught = _Taught(teacher.to(where).eval(), settings, keep=epochs > 1) if teacher else None
    drawn = random.Random(settings.seed)  # noqa: S311
    packed = list(batches(groups, drawn, tokens=settings.tokens, windows=settings.windows))
    order = list(range(len(packed)))
    for _ in range(epochs - 1):
        order += drawn.sample(range(len(packed)), len(packed))
    optimiser = _optimiser(network, settings)
    last = min(len(order), steps or len(order))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: _share(step, last, settings)
    )
    torch.manual_seed(settings.seed)
    done = resumed(folder, network, optimiser, schedule, len(order)) if resume else 0
    if done:
        # The rate of the next step is that of this run's length, not of the one that was saved.
        _set_rates(optimiser, schedule, _share(done, last, settings))
    began = saved = time.monotonic()
    running, words = 0.0, 0
    for step in range(done, last):
        batch = collate(packed[order[step]])
        if taught:
            value = taught.step(network, optimiser, order[step], batch, _matched(step, last))
        else:
            value = _step(optimiser, network, loss(*_logits(network.train(), batch), batch))
        schedule.step()
        words += int(batch.mask.sum())
        running = value if step == done else 0.98 * running + 0.02 * value
        now = time.monotonic()
        if (step + 1) % 25 == 0 or step + 1 == last:
            left = (now - began) / (step + 1 - done) * (last - step - 1)
            report(
                f"step {step + 1}/{last} loss {running:.4f} "
                f"{words / (now - began):,.0f} pieces/s, {left / 60:.0f} min left"
            )
        if now - saved > settings.save_every or step + 1 == last:
            save(folder, network, optimiser, schedule, step + 1, len(order))
            if validate:
                network.eval()
                validate(step + 1)
            saved = time.monotonic()


class _Taught:
    """A teacher: what it finds, kept in half precision for later epochs where there are any."""

    def __init__(self, teacher: Network, settings: Settings, *, keep: bool) -> None:
        self._teacher = teacher
        self._keep = keep
        self._kept: dict[int, Logits] = {}
        self._matching = Matching(settings.head_rate)

    def step(
        self,
        network: Network,
        optimiser: torch.optim.Optimizer,
        number: int,
        batch: Batch,
        matched: float,
    ) -> float:
        """Train on the batch that has this number; return the loss of what is found.

        `matched` multiplies how far hidden states are apart, where the teacher reads the batch.
        """
        if number in self._kept:
            start, end, answerable = (part.float() for part in self._kept[number])
            found = _logits(network.train(), batch)
            apart = distillation(found, (start, end, answerable), batch, _TAUGHT)
            return _step(optimiser, network, apart)
        with torch.no_grad(), listening(self._teacher) as theirs:
            taught = _logits(self._teacher, batch)
        if self._keep:
            start, end, answerable = (part.half() for part in taught)
            self._kept[number] = start, end, answerable
        with listening(network) as own:
            found = _logits(network.train(), batch)
        apart = distillation(found, taught, batch, _TAUGHT)
        further = matched * self._matching.apart(own, theirs).to(apart.device)
        _step(optimiser, network, apart + further)
        self._matching.step()
        return float(apart.detach())


def _step(optimiser: torch.optim.Optimizer, network: Network, value: torch.Tensor) -> float:
    optimiser.zero_grad(set_to_none=True)
    value.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    return float(value.detach())


def _matched(step: int, last: int) -> float:
    """Return the weight of hidden states: one in the first half, nought in the last tenth."""
    return min(1.0, max(0.0, (0.9 - step / last) / 0.4))


def _logits(network: Network, batch: Batch) -> Logits:
    """Return the network's logits, the short windows run apart from the long ones.

    A group's windows differ in length, and an eighth of the work would go into padding.
    """
    where = next(network.parameters()).device
    lengths, order = torch.from_numpy(batch.mask).sum(1).sort()
    count = torch.arange(1, len(order) + 1)
    short = int((count * (lengths[-1] - lengths)).argmax()) + 1  # saves the most padding
    found: list[Logits] = []
    for rows, longest in ((order[:short], lengths[short - 1]), (order[short:], lengths[-1])):
        if not len(rows):
            continue
        inputs = (torch.from_numpy(a)[rows, :longest] for a in (batch.ids, batch.mask, batch.types))
        with torch.autocast(where.type, dtype=torch.bfloat16, enabled=mixed(where)):
            start, end, answerable = network(*(part.to(where) for part in inputs))
        missing = (0, batch.ids.shape[1] - int(longest))
        found.append((nnf.pad(start, missing), nnf.pad(end, missing), answerable))
    back = order.argsort().to(where)
    start, end, answerable = (torch.cat(parts)[back].cpu() for parts in zip(*found, strict=True))
    return start, end, answerable


def _optimiser(network: Network, settings: Settings) -> torch.optim.Optimizer:
    """Return AdamW; biases and norms go without weight decay, heads learn faster."""
    rows: dict[tuple[bool, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            key = (name.startswith("encoder."), parameter.dim() > 1)
            rows.setdefault(key, []).append(parameter)
    return torch.optim.AdamW(
        [
            {
                "params": parameters,
                "lr": settings.rate if encoder else settings.head_rate,
                "weight_decay": settings.weight_decay if matrix else 0.0,
            }
            for (encoder, matrix), parameters in rows.items()
        ],
        fused=True,
    )


def _share(step: int, total: int, settings: Settings) -> float:
    """Return the share of the peak rate: linear warm-up, constant, linear decay to nought."""
    rising, falling = max(1, total * settings.warm_up), max(1, total * settings.decay)
    return max(0.0, min(1.0, (step + 1) / rising, (total - step) / falling))


def _set_rates(
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
    share: float,
) -> None:
    for rows, base in zip(optimiser.param_groups, schedule.base_lrs, strict=True):
        rows["lr"] = base * share
