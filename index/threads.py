"""How the numeric libraries use the cores: they wait asleep, so that others can work."""

from __future__ import annotations

import os

__all__ = ["share_cores"]


def share_cores() -> None:
    """Set what OpenMP and the tokenizers read when they are loaded, unless the user has set it.

    OpenMP's threads else spin while they wait for one another. On two busy cores embedding 250
    words took 4.8 s of CPU time so, and 0.8 s with threads that sleep. Call it before the first
    import of torch, which spaCy brings along, or of FAISS.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # The tokenizers' own threads and torch's fight over the cores.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
