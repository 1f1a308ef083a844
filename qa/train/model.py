"""The reader's network: an encoder, span heads, and an answerability head; and its losses."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as nnf

if TYPE_CHECKING:
    from qa.train.features import Batch

Logits = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
"""Start and end logits, (windows, length), and those of answerability, (windows,)."""

__all__ = ["MAX_ANSWER", "Logits", "Network", "distillation", "loss"]

MAX_ANSWER = 40
"""Longest span, in word pieces."""

_IMPOSSIBLE = -1e4
_ALONE = 0.999  # share of a teacher who alone knows; all of it would leave nothing to divide by
_CLS, _SEP = 101, 102
_TEMPERATURE = 2.0  # of distillation, as DistilBERT's on SQuAD (Sanh et al. 2019)


class Network(nn.Module):
    """Encoder with heads. The word embeddings stay as they are: rare words are seen too seldom.

    Args:
        folder: a BERT model as transformers saves it, or an MPNet (Song et al. 2020), which has the
            same word pieces and serves as a teacher.
        dropout: of the hidden states; attention goes without. None by default: the data is read
            once or twice only.
        frozen: layers that stay as they are, from the bottom, with all embeddings: training is
            faster, and later runs need not change what reads words.
        weights: whether the folder's are loaded; it need have none where it does not matter.
    """

    def __init__(
        self, folder: Path, dropout: float = 0.0, frozen: int = 0, *, weights: bool = True
    ) -> None:
        super().__init__()
        from transformers import AutoConfig, AutoModel
        from transformers.utils import logging

        level = logging.get_verbosity()
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # it reports the pooler, which is left out on purpose
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        drops = {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": 0.0}
        if weights:
            self.encoder = AutoModel.from_pretrained(folder, add_pooling_layer=False, **drops)
        else:
            config = AutoConfig.from_pretrained(folder, **drops)
            self.encoder = AutoModel.from_config(config, add_pooling_layer=False)  # type: ignore[no-untyped-call]
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

    @property
    def exportable(self) -> bool:
        """Whether `qa.train.graph` can write it: it is a BERT."""
        return str(self.encoder.config.model_type) == "bert"

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return start and end logits, shape (windows, length), and answerability, (windows,).

        Word pieces are BERT's. The logits at [CLS] are those of the null span.
        """
        inputs = {"input_ids": input_ids, "token_type_ids": token_type_ids}
        if not self.exportable:
            inputs = {"input_ids": _mpnet_ids(input_ids, attention_mask)}
        hidden = self.encoder(attention_mask=attention_mask, **inputs).last_hidden_state
        span = self.span(hidden).float()
        return span[..., 0], span[..., 1], self.answerable(hidden[:, 0]).float().squeeze(-1)


def _mpnet_ids(ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return BERT's ids as MPNet's: four marks of its own come first, its own <s> and </s>."""
    found = torch.where(ids == _CLS, 0, torch.where(ids == _SEP, 2, ids + 4))
    return torch.where(mask == 0, 1, found)


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


def distillation(found: Logits, taught: Logits, batch: Batch, share: float) -> torch.Tensor:
    """Return the loss of a network that has a teacher (Hinton et al. 2015).

    `share` of it, for questions that a teacher may answer, is how far the two are apart: the
    Kullback-Leibler divergences of where an answer starts and where it ends, over the text and the
    null span of each window, at a temperature of 2; and half the cross entropy of answerability.
    The rest is `loss`. Where the teacher alone knows, next to nothing is left of it.

    Args:
        found: start and end logits, (windows, length), and answerability, (windows,).
        taught: the teacher's.
        batch: what both were given.
        share: of the teacher, from 0 to less than 1.
    """
    group, weight = torch.from_numpy(batch.group), torch.from_numpy(batch.weight)
    shares = torch.where(torch.from_numpy(batch.alone), _ALONE, share)
    heard = weight * torch.from_numpy(batch.taught) * shares
    places = torch.from_numpy(batch.text).clone()
    places[:, 0] = True
    apart = 0.5 * nnf.binary_cross_entropy_with_logits(
        found[2], taught[2].sigmoid(), reduction="none"
    )
    for own, others in zip(found[:2], taught[:2], strict=True):
        mine, theirs = (
            (part / _TEMPERATURE).masked_fill(~places, _IMPOSSIBLE).log_softmax(1)
            for part in (own, others)
        )
        between = nnf.kl_div(mine, theirs, reduction="none", log_target=True).sum(1)
        apart = apart + _TEMPERATURE**2 * between
    counts = torch.bincount(group, minlength=len(weight)).float()
    learnt = (apart * (heard / counts)[group]).sum()
    rest = weight - heard
    told = loss(*found, replace(batch, weight=rest.numpy())) * rest.sum()
    return (learnt + told) / weight.sum()


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
