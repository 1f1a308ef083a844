"""The reader's network: a BERT encoder, span heads, and an answerability head; and its loss."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as nnf

if TYPE_CHECKING:
    from qa.train.features import Batch

__all__ = ["MAX_ANSWER", "Network", "loss"]

MAX_ANSWER = 40
"""Longest span, in word pieces."""

_IMPOSSIBLE = -1e4


class Network(nn.Module):
    """Encoder with heads. The word embeddings stay as they are: rare words are seen too seldom.

    Args:
        folder: a BERT model as transformers saves it.
        dropout: of the hidden states; attention goes without. None by default: the data is read
            once or twice only.
        frozen: layers that stay as they are, from the bottom, with all embeddings: training is
            faster, and later runs need not change what reads words.
    """

    def __init__(self, folder: Path, dropout: float = 0.0, frozen: int = 0) -> None:
        super().__init__()
        from transformers import BertModel
        from transformers.utils import logging

        level = logging.get_verbosity()
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # it reports the pooler, which is left out on purpose
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.encoder = BertModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            attn_implementation="sdpa",
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=0.0,
        )
        logging.set_verbosity(level)
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        if frozen:
            self.encoder.embeddings.requires_grad_(False)
            for layer in self.encoder.encoder.layer[:frozen]:
                layer.requires_grad_(False)
        width = self.encoder.config.hidden_size
        self.span = nn.Linear(width, 2)
        self.answerable = nn.Linear(width, 1)
        for head in (self.span, self.answerable):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return start and end logits, shape (windows, length), and answerability, (windows,).

        The logits at [CLS] are those of the null span.
        """
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        span = self.span(hidden).float()
        return span[..., 0], span[..., 1], self.answerable(hidden[:, 0]).float().squeeze(-1)


def loss(
    start: torch.Tensor, end: torch.Tensor, answerable: torch.Tensor, batch: Batch
) -> torch.Tensor:
    """Return the mean loss of a batch's groups.

    For a question with an answer: minus the log of the weighted probability of its candidates, the
    softmax running over all spans and null spans of the group. For each window without one: minus
    the log-probability of its null span. To both, half the binary cross entropy of answerability.
    """
    text = torch.from_numpy(batch.text)
    group = torch.from_numpy(batch.group)
    weight = torch.from_numpy(batch.weight)
    null = start[:, 0] + end[:, 0]
    total = _span_total(start, end, text)  # log of the sum over spans, (windows,)
    everything = torch.logaddexp(total, null)
    window, first, last = torch.from_numpy(batch.targets).unbind(1)
    holds = torch.zeros_like(null, dtype=torch.bool)
    holds[window] = True

    counts = torch.bincount(group, minlength=len(weight)).float()
    share = (weight / counts)[group]
    binary = nnf.binary_cross_entropy_with_logits(answerable, holds.float(), reduction="none")
    value = 0.5 * (binary * share).sum()
    value = value + ((everything - null) * share)[~holds].sum()
    if len(window):
        scores = start[window, first] + end[window, last]
        scores = scores + torch.from_numpy(batch.target_weight).log()
        correct = _log_sum_by(scores, group[window], len(weight))
        shared = _log_sum_by(everything, group, len(weight))
        answered = torch.zeros(len(weight), dtype=torch.bool)
        answered[group[window]] = True
        value = value + ((shared - correct) * weight)[answered].sum()
    return value / weight.sum()


def _span_total(start: torch.Tensor, end: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
    """Return log sum exp(start_i + end_j) over spans of at most MAX_ANSWER pieces, (windows,)."""
    starts = start.masked_fill(~text, _IMPOSSIBLE)
    ends = nnf.pad(end.masked_fill(~text, _IMPOSSIBLE), (0, MAX_ANSWER - 1), value=_IMPOSSIBLE)
    reach = ends.unfold(1, MAX_ANSWER, 1).logsumexp(2)  # of the ends that each start may have
    return (starts + reach).logsumexp(1)


def _log_sum_by(values: torch.Tensor, rows: torch.Tensor, number: int) -> torch.Tensor:
    """Return log sum exp of the values of each row, shape (number,); -inf for none becomes low."""
    highest = torch.full((number,), _IMPOSSIBLE).scatter_reduce(0, rows, values.detach(), "amax")
    sums = torch.zeros(number).index_add(0, rows, (values - highest[rows]).exp())
    return highest + sums.clamp_min(math.exp(-80)).log()
