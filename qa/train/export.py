"""From a trained network to the file that is shipped: ONNX, int8, and its model card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.decode import Scale
from qa.neural_reader import NeuralReader, load_tokenizer, onnx_run
from qa.train.graph import loud_channels, reader_graph

if TYPE_CHECKING:
    from qa.train.loop import Settings
    from qa.train.model import Network
    from qa.train.validate import Asked, Validation

__all__ = ["DATA", "export", "write_card", "write_onnx"]

SAMPLE = 60
"""Questions of each kind that int8 is compared with float32 on, and that the scale is chosen on."""

DATA = (
    ("FairytaleQA, train", "Xu et al. 2022", "Apache-2.0"),
    ("NarrativeQA, first 80 documents of the set valid", "Kočiský et al. 2018", "Apache-2.0"),
    ("SQuADShifts: new Wikipedia, Reddit, Amazon", "Miller et al. 2020", "CC BY 4.0"),
    ("SQuAD 2.0, 7 articles of the development set", "Rajpurkar et al. 2018", "CC BY-SA 4.0"),
    ("QAMR, sample", "Michael et al. 2018", "MIT"),
    ("Our own questions (qa/train/questions)", "this project", "Apache-2.0"),
)


def write_onnx(network: Network, file: Path) -> None:
    """Write the network as ONNX in int8 (see `qa.train.graph`).

    Beside it, with the suffix `.float.onnx`, stays the float32 file, to measure what int8 costs.
    """
    import onnx

    weights = {name: part.cpu().numpy() for name, part in network.state_dict().items()}
    heads = network.encoder.config.num_attention_heads
    for loud, path in (
        (None, file.with_suffix(".float.onnx")),
        (loud_channels(weights, heads), file),
    ):
        model = reader_graph(weights, heads, loud)
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString(deterministic=True))


def write_card(
    file: Path,
    scale: Scale,
    scores: Validation,
    whole: Validation,
    sample: Validation,
    settings: Settings,
    command: str,
    steps: int,
    max_length: int,
) -> dict[str, Any]:
    """Write the model card of an exported reader beside it, as JSON; return it.

    Args:
        file: the int8 file.
        scale: how its logits become probabilities.
        scores: of the int8 file, on all validation questions.
        whole: of the float32 file, on a sample.
        sample: of the int8 file, on the same sample.
        settings: of the training.
        command: that trained it.
        steps: that it was trained for.
        max_length: longest input, in word pieces.
    """
    content = file.read_bytes()
    card = {
        "name": "Story QA reader",
        "task": "extractive question answering on stories, in English",
        "architecture": "BERT, 6 layers, width 384, 22 M parameters; heads for start, end, "
        "answerability; ONNX, int8 arithmetic",
        "base": "all-MiniLM-L6-v2 (Apache-2.0)",
        "licence": "Apache-2.0",
        "data": [
            {"name": name, "source": source, "licence": licence} for name, source, licence in DATA
        ],
        "command": command,
        "steps": steps,
        "settings": asdict(settings),
        "max_length": max_length,
        "scale": asdict(scale),
        "validation": {
            name: {"value": round(value, 4), "questions": scores.counts[name]}
            for name, value in scores.scores.items()
        },
        "int8_against_float32": {
            name: {"int8": round(sample.scores[name], 4), "float32": round(value, 4)}
            for name, value in whole.scores.items()
        },
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    text = json.dumps(card, indent=2, ensure_ascii=False)
    file.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    return card


def export(
    network: Network,
    asked: Sequence[Asked],
    few: Sequence[Asked],
    out: Path,
    settings: Settings,
    steps: int,
    command: str,
    report: Callable[[str], None],
) -> None:
    """Export the network to `out/reader.onnx`, fit its scale, validate it, and write its card.

    The scores in the card are over `asked`; `few` serve to choose how windows are read, and to
    compare int8 with float32.
    """
    from qa.train.scale import fit_answerability, fit_windows, remembering
    from qa.train.validate import Validation

    file = out / "reader.onnx"
    write_onnx(network, file)
    report(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    run, tokenizer = remembering(onnx_run(file)), load_tokenizer()
    fitted = fit_windows(run, few, report)
    tricky = [a for a in asked if not a.kind.startswith("fairytaleqa")]
    scale, length = fit_answerability(run, tricky, fitted), fitted[1]
    reader = NeuralReader(run, tokenizer, scale, length)
    scores = Validation.of(reader, asked)
    report(scores.line)
    exact = NeuralReader(onnx_run(file.with_suffix(".float.onnx")), tokenizer, scale, length)
    whole, sample = Validation.of(exact, few), Validation.of(reader, few)
    report(f"sample, float32: {whole.line}")
    report(f"sample, int8: {sample.line}")
    write_card(file, scale, scores, whole, sample, settings, command, steps, length)
