"""How much one request may send, and how many questions may be asked at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from index.errors import QAError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["BodyLimit", "BusyError", "Turns"]

Result = TypeVar("Result")

_TOO_LARGE = 413


class BusyError(QAError):
    """As many questions wait for their turn as may wait."""


class Turns:
    """Lets some in at a time, first come first served; of the others, some may wait.

    For one event loop.

    Args:
        at_once: how many are let in.
        waiting: how many more may wait.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most = waiting
        self.waiting = 0

    async def run(self, function: Callable[[], Result]) -> Result:
        """Wait for a turn and run `function` in a thread; who is cancelled leaves the line.

        Raises:
            BusyError: too many wait already.
        """
        if self._free.locked() and self.waiting >= self._most:
            raise BusyError(f"{self.waiting} questions wait already; try again in a moment")
        self.waiting += 1
        try:
            await self._free.acquire()
        finally:
            self.waiting -= 1
        running = asyncio.ensure_future(asyncio.to_thread(function))
        try:
            return await asyncio.shield(running)
        finally:
            if not running.done():  # cancelled: a thread cannot be, and has the turn to its end
                await asyncio.wait({running})
            self._free.release()


class BodyLimit:
    """Middleware (ASGI) that answers 413 to requests with more than `most` bytes of body.

    Gradio itself limits only the files of an upload: a question or a pasted story of any size would
    be read into memory, and parsed, before the program could say that it is too long.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._most:
            from starlette.responses import PlainTextResponse

            await PlainTextResponse(self._refusal(), _TOO_LARGE)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most:  # sent in chunks, without a declared length
                from starlette.exceptions import HTTPException

                raise HTTPException(_TOO_LARGE, self._refusal())
            return message

        await self._app(scope, counted, send)

    def _refusal(self) -> str:
        return f"the request has more than {self._most:,} bytes; send a shorter question or story"
