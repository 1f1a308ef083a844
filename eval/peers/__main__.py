"""One question to a peer in a fresh process: `python -m eval.peers NAME MODEL STORY QUESTION`."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["main"]


def main() -> None:
    """Index the story with the peer, ask it, and print the answer."""
    name, model, path, question = sys.argv[1:]
    from eval.peers.named import peer
    from index.stories import load_story

    system = peer(name, model)
    if system is None:
        raise SystemExit(f"no peer {name!r}")
    print(system.prepare(load_story(Path(path))).answer(question, ()).answer)


if __name__ == "__main__":
    main()
