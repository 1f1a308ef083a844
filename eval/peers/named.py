"""Which peer a name on the command line means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.errors import QAError, shown

if TYPE_CHECKING:
    from eval.systems import System

__all__ = ["PEERS", "peer"]

PEERS = ("haystack", "haystack-always", "txtai", "hf:MODEL", "hf-always:MODEL", "openai:URL#MODEL")
"""The peers as they are named: MODEL is a Hugging Face folder or name, or a served model.
Those with `-always` never decline."""


def peer(name: str, model: str | None = None) -> System | None:
    """Return the peer of that name, or None where it is no peer's name.

    Args:
        name: as in `PEERS`.
        model: the question-answering model that haystack and txtai read with.

    Raises:
        QAError: a part of the name, or the model, is missing.
    """
    kind, _, rest = name.partition(":")
    if kind in ("haystack", "haystack-always", "txtai") and not rest:
        if not model:
            raise QAError(
                f"{kind} needs a question-answering model to read with; name a Hugging Face "
                "folder with --peer-model"
            )
        if kind != "txtai":
            from eval.peers.haystack import HaystackSystem

            return HaystackSystem(model, kind, declines=kind == "haystack")
        from eval.peers.txtai import TxtaiSystem

        return TxtaiSystem(model)
    if kind in ("hf", "hf-always"):
        if not rest:
            raise QAError(f"{shown(name)} names no model; write {kind}:FOLDER or {kind}:NAME")
        from eval.peers.huggingface import HuggingFaceSystem

        return HuggingFaceSystem(rest, declines=kind == "hf")
    if kind == "openai":
        url, _, served = rest.partition("#")
        if not url.startswith(("http://", "https://")) or not served:
            raise QAError(f"{shown(name)} is no endpoint; write openai:http://HOST:PORT/v1#MODEL")
        from eval.peers.endpoint import EndpointSystem

        return EndpointSystem(url.rstrip("/"), served)
    return None
