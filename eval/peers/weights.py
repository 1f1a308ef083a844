"""The project's own reader as a Hugging Face model, for peers whose weights are not at hand.

    python -m eval.peers.weights qa/models/reader.onnx OUT_FOLDER

The encoder and the span head are kept; the answerability head is left out, since a plain
question-answering model has none: declining then rests on the null span alone.
"""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["main", "save_huggingface"]


def save_huggingface(reader: Path, out: Path) -> None:
    """Write a reader, exported or a training folder, as a `BertForQuestionAnswering`.

    Raises:
        DataError: there is none.
    """
    from transformers import AutoTokenizer, BertForQuestionAnswering

    from index.minilm import packaged_folder
    from qa.train.checkpoint import load_start
    from qa.train.model import Network

    network = Network(packaged_folder())
    load_start(reader, network)
    model = BertForQuestionAnswering(network.encoder.config)
    model.bert.load_state_dict(network.encoder.state_dict())
    model.qa_outputs.load_state_dict(network.span.state_dict())
    model.save_pretrained(out)
    tokenizer = AutoTokenizer.from_pretrained(packaged_folder())
    tokenizer.model_max_length = network.encoder.config.max_position_embeddings
    tokenizer.save_pretrained(out)


@click.command()
@click.argument("reader", type=click.Path(exists=True, path_type=Path))
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def main(reader: Path, out: Path) -> None:
    """Write READER, an .onnx file or the folder of a training run, into the folder OUT."""
    save_huggingface(reader, out)
    click.echo(f"{out}")


if __name__ == "__main__":
    main()
