"""Any question-answering model of Hugging Face as the reader; needs torch and transformers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError, shown
from qa.decode import Scale
from qa.neural_reader import MAX_LENGTH, NeuralReader, Run

__all__ = ["load_reader"]


def load_reader(name_or_path: str) -> NeuralReader:
    """Load a model and its tokenizer; a name that is in no cache is fetched from the hub.

    Scores are log-probabilities by the model's own null span (Devlin et al. 2019): one that was
    trained on questions with answers only never declines.

    Raises:
        EncoderError: there is no such model, it answers no questions, or has no fast tokenizer.
    """
    if not Path(name_or_path).exists():
        # The user names it, so the hub may be asked, unless $HF_HUB_OFFLINE says otherwise.
        os.environ.setdefault("HF_HUB_OFFLINE", "0")
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        tokenizer = AutoTokenizer.from_pretrained(name_or_path)
        backend = tokenizer.backend_tokenizer
        model, told = AutoModelForQuestionAnswering.from_pretrained(
            name_or_path, output_loading_info=True
        )
    except Exception as error:  # the library raises whatever its layers raise
        reason = " ".join(str(error).split())
        raise EncoderError(
            f"cannot load the reader {shown(name_or_path)}: {shown(reason, 160)}; name a folder "
            "with a question-answering model, or one of the hub"
        ) from error
    if any("qa_outputs" in key for key in told["missing_keys"]):
        raise EncoderError(
            f"{shown(name_or_path)} was not trained to answer questions: it has no weights for "
            "that; name a question-answering model"
        )
    backend.no_truncation()
    backend.no_padding()
    longest = min(MAX_LENGTH, int(tokenizer.model_max_length))
    run = _run(model.eval(), tokenizer.model_input_names)
    pad = tokenizer.pad_token_id or 0
    return NeuralReader(run, backend, Scale(evidence=1.0, head=0.0), longest, pad)


def _run(model: Any, names: Sequence[str]) -> Run:
    """Return the model as the reader calls it; it has no head that tells answerability."""

    def run(
        ids: NDArray[np.int64], mask: NDArray[np.int64], types: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        import torch

        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        with torch.inference_mode():
            out = model(**{n: torch.from_numpy(a) for n, a in given.items() if n in names})
        starts, ends = out.start_logits.float().numpy(), out.end_logits.float().numpy()
        return starts, ends, np.zeros(len(ids), np.float32)

    return run
