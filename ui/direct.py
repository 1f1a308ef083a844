"""Calls of the page's unqueued events, answered without what Gradio does around a function.

Gradio takes several times as long around an answer as the answer's own rendering takes: models of
the request and of every component's value, a thread for each. A function that is given and
returns what the browser has anyway, plain JSON, needs none of it. The browser notices nothing: it
calls the same address, and reads the same kind of reply.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradio import Blocks
    from gradio.blocks import Block
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

__all__ = ["UNCHANGED", "Kept", "direct_route", "kept"]

Kept = Callable[[], Any]
"""Returns what a session's `gr.State` holds now: while a question waits, it may change."""

UNCHANGED = {"__type__": "update"}
"""Returned for a component, it leaves the component as it is in the browser."""

_ADDRESS = "/gradio_api/run/predict"


def direct_route(page: Blocks) -> Route:
    """Return the route that answers for those events of `page` that have `queue=False`.

    Their functions are coroutines, and return a JSON value for each output. For a `gr.State` they
    are given a `Kept`; what they return for it stays here, where Gradio keeps it too.
    """
    from starlette.routing import Route

    async def answered(request: Request) -> Response:
        try:
            call = json.loads(await request.body())
            function, data = page.fns[call["fn_index"]], call["data"]
            session = page.state_holder[call["session_hash"]]
            if function.queue or function.fn is None or len(data) != len(function.inputs):
                raise ValueError
        except (ValueError, KeyError, TypeError):
            return _json({"error": "no such event"}, HTTPStatus.BAD_REQUEST)
        given = [
            kept(page, call["session_hash"], block) if block.stateful else value
            for block, value in zip(function.inputs, data, strict=True)
        ]
        try:
            found = await _unless_gone(request, function.fn(*given))
        except Exception:
            logging.getLogger(__name__).exception("a question has failed")
            return _json({"error": None}, HTTPStatus.INTERNAL_SERVER_ERROR)
        if found is None:
            return _json({"error": "nobody waits for it"}, HTTPStatus.GONE)
        shown: list[Any] = []
        for block, value in zip(function.outputs, found, strict=True):
            if block.stateful:
                session[block._id] = value
            shown.append(None if block.stateful else value)
        return _json({"data": shown, "is_generating": False}, HTTPStatus.OK)

    return Route(_ADDRESS, answered, methods=["POST"])


def kept(page: Blocks, session_hash: str | None, state: Block) -> Kept:
    """Return how to look up what a session's `state` holds."""
    return lambda: page.state_holder[session_hash or ""][state._id]


async def _unless_gone(request: Request, work: Coroutine[Any, Any, Any]) -> Any:
    """Return what `work` comes to; where the browser goes first, it is cancelled, which is None."""
    working = asyncio.ensure_future(work)
    going = asyncio.ensure_future(request.receive())  # the body has been read: the end comes next
    await asyncio.wait({working, going}, return_when=asyncio.FIRST_COMPLETED)
    if not working.done():
        working.cancel()
        await asyncio.wait({working})
        return None
    going.cancel()
    return await working


def _json(content: Any, status: HTTPStatus) -> Response:
    from starlette.responses import Response

    return Response(json.dumps(content), status, media_type="application/json")
