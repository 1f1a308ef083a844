"""How much one request may send: a body that is longer is refused before it is kept in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["BodyLimit"]

_TOO_LARGE = 413


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
