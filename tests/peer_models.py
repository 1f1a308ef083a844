"""A tiny question-answering model for the tests of peers: random, or one that wants one word."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

WORDS = ["old", "tam", "keeps", "the", "mill", "by", "river", "bessy", "mends", "sails", "who"]


def save_tiny_model(folder: Path, wanted: str | None = None, seed: int = 3) -> Path:
    """Write a BERT of one layer and 16 dimensions with a vocabulary of words and letters.

    Where `wanted` is a word, the model gives that token the best logits as start and end, and [CLS]
    middling ones, so that it declines where the word is not there.
    """
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

    letters = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokens = dict.fromkeys([*marks, *WORDS, *letters, *(f"##{letter}" for letter in letters)])
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
    )  # fmt: skip
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]", model_max_length=512,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )  # fmt: skip
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=512,
    )  # fmt: skip
    model = BertForQuestionAnswering(config)
    if wanted is not None:
        _want(model, vocabulary, wanted)
    fast.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


def _want(model: Any, vocabulary: dict[str, int], wanted: str) -> None:
    """Silence all but the word embeddings, and read the logits off one dimension of these."""
    import torch

    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "LayerNorm.weight" not in name:
                weight.zero_()
        embeddings = model.bert.embeddings.word_embeddings.weight
        embeddings[:, 1] = 1.0  # layer norm keeps a difference only where there is one
        embeddings[vocabulary[wanted], 0] = 4.0
        embeddings[vocabulary["[CLS]"], 0] = 1.0
        model.qa_outputs.weight[:, 0] = 3.0
