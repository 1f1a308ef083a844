"""The page: its layout, which event leads where, and the server.

`gradio` takes seconds to import, so that it is imported where it is used.
"""

# No `from __future__ import annotations`: Gradio reads the events' annotations, and these name a
# module that is imported inside a function.

import asyncio
import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, cast

from index.errors import QAError, shown
from index.stories import MAX_BYTES
from qa.equipment import Equipment
from ui.chat import Chat, View
from ui.conversation import TO_THE_END, Conversation
from ui.direct import Kept, direct_route, kept
from ui.limits import BodyLimit, BusyError, Turns
from ui.pending import TAKE_BACK, show_pending
from ui.ports import free_port
from ui.shelf import Shelf, open_shelf
from ui.style import css, script, theme
from ui.updates import (
    brought,
    direct_answer,
    examples,
    html_part,
    shown_answer,
    shown_page,
    story_panel,
    warn,
)

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["build", "launch", "open_shelf", "serve"]

_WAITING = 128  # questions that may wait for their turn; the next is told to try again
_SESSIONS = 1_000  # conversations that are kept; of more, the one unused for longest goes
_LARGEST = 2 * MAX_BYTES + 1_000_000  # bytes of a request: a story whose every byte is escaped
_AT_ONCE = 2
_STATUS = 5.0  # seconds between tellings of who waits how long; else each answer tells all
_KEEP_UPLOADS = 600  # seconds
_POINTS = [("Whole story", TO_THE_END), *((f"First {n}%", f"{n}%") for n in range(90, 0, -10))]
_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    # Gradio else sums up all requests so far with pandas after each one, for a page we switch off.
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
}
_WELCOME = "Ask in your own words. Each answer shows where the story says so."


def build(shelf: Shelf) -> "gr.Blocks":
    """Return the page over the stories of `shelf`."""
    os.environ.update(_QUIET)
    import gradio as gr

    html_part()
    chat = Chat(shelf)
    turns = Turns(_AT_ONCE, _WAITING)
    first = chat.start()
    with gr.Blocks(
        title="Story QA",
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(_KEEP_UPLOADS, _KEEP_UPLOADS),
    ) as page:
        state = gr.State(None)
        asked = gr.Textbox("", visible=False)  # the question that is on its way
        problem = gr.Textbox("", visible="hidden", elem_id="problem")
        with gr.Row(elem_id="bar"):
            gr.HTML("<h1>Story QA</h1><p>Answers from the story's own sentences</p>")
            clear = gr.Button("New conversation", size="sm", elem_id="clear")
        with gr.Row(elem_id="page", equal_height=True):
            with gr.Column(elem_id="left", scale=9):
                chatbot = gr.Chatbot(
                    label="Conversation",
                    show_label=False,
                    container=False,
                    elem_id="chat",
                    buttons=[],
                    feedback_options=None,
                    render_markdown=False,
                    allow_tags=False,
                    latex_delimiters=[],
                    group_consecutive_messages=False,
                    placeholder=_WELCOME,
                    examples=examples(first),
                )
                question = gr.Textbox(
                    label="Your question",
                    show_label=False,
                    container=False,
                    placeholder="Ask about the story",
                    submit_btn="Ask",
                    max_lines=5,
                    autofocus=True,
                    elem_id="question",
                )
            with gr.Column(elem_id="right", scale=11):
                with gr.Row(elem_id="which"):
                    chooser = gr.Dropdown(
                        chat.choices(first),
                        value=first.name,
                        label="Story",
                        show_label=False,
                        container=False,
                        filterable=False,
                        elem_id="chooser",
                        scale=3,
                    )
                    reach = gr.Dropdown(
                        _POINTS,
                        value=TO_THE_END,
                        label="How far you have read: what comes later stays hidden",
                        show_label=False,
                        container=False,
                        filterable=False,
                        elem_id="reach",
                        scale=1,
                        min_width=130,
                    )
                with gr.Accordion("Ask a story of your own", open=False, elem_id="own") as own:
                    upload = gr.UploadButton(
                        "Choose a text file", file_types=[".txt", "text/plain"], size="sm"
                    )
                    pasted = gr.Textbox(
                        label="Story text",
                        show_label=False,
                        container=False,
                        placeholder="… or paste its text here",
                        lines=4,
                        max_lines=8,
                    )
                    read = gr.Button("Ask this story", size="sm", elem_id="read")
                panel = gr.HTML(story_panel(first), js_on_load=script(), elem_id="story")

        answered = [chatbot, state, panel, question]
        outputs = [*answered, chooser, reach]

        def show(view: View) -> tuple[Any, ...]:
            return *shown_page(view, chat), view.conversation.point

        def now(session: Kept) -> Conversation:
            return session() or chat.start()

        async def ask(text: str | None, session: Kept) -> list[Any]:
            try:
                return await turns.run(lambda: direct_answer(chat.ask(text or "", now(session))))
            except BusyError as error:
                return direct_answer(View(now(session), question=text, error=error))

        async def ask_clicked(text: str, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
            session = kept(page, request.session_hash, state)
            pending = View(now(session), question="", pending=text)
            yield await asyncio.to_thread(shown_answer, pending)
            try:
                yield await turns.run(lambda: shown_answer(chat.ask(text, now(session))))
            except BusyError as error:
                yield shown_answer(View(now(session), question=text, error=error))

        async def ask_example(
            event: gr.SelectData, request: gr.Request
        ) -> AsyncIterator[tuple[Any, ...]]:
            async for shown in ask_clicked(str(event.value.get("text", "")), request):
                yield shown

        async def ask_other(
            event: gr.SelectData, request: gr.Request
        ) -> AsyncIterator[tuple[Any, ...]]:
            async for shown in ask_clicked(str(event.value), request):
                yield shown

        def tell(text: str) -> str:
            if text:
                warn(text)
            return ""

        def undo(session: Conversation | None) -> tuple[Any, ...]:
            return show(chat.undo(session or chat.start()))

        def start_over(session: Conversation | None) -> tuple[Any, ...]:
            return show(chat.clear(session or chat.start()))

        def choose(name: str, session: Conversation | None) -> tuple[Any, ...]:
            return show(chat.choose(name, session or chat.start()))

        def read_up_to(point: str, session: Conversation | None) -> tuple[Any, ...]:
            return show(chat.read_up_to(point, session or chat.start()))

        def bring_file(path: str, session: Conversation | None) -> tuple[Any, ...]:
            return brought(show(chat.upload(path, session or chat.start())))

        def bring_text(text: str, session: Conversation | None) -> tuple[Any, ...]:
            return brought(show(chat.paste(text, session or chat.start())))

        asking: Any = {"concurrency_limit": _AT_ONCE, "concurrency_id": "ask"}
        reading: Any = {"concurrency_limit": 1, "concurrency_id": "read"}
        event: Any = {"api_visibility": "private", "show_progress": "hidden"}
        sent, restored = [question, chatbot, asked], [asked, chatbot, question]
        slow: Any = {"api_visibility": "private", "show_progress_on": panel}
        showing = question.submit(None, sent, restored, js=show_pending(), **event)
        asking_it = showing.then(
            ask, [asked, state], [*answered, asked, problem], queue=False, **event
        )
        asking_it.failure(None, [asked, chatbot], restored, js=TAKE_BACK, **event)
        problem.change(tell, problem, problem, **event)
        chatbot.example_select(ask_example, None, answered, **asking, **event)
        chatbot.option_select(ask_other, None, answered, **asking, **event)
        chatbot.undo(undo, state, outputs, **event)
        gr.on([clear.click, chatbot.clear], start_over, state, outputs, **event)
        chooser.input(choose, [chooser, state], outputs, **reading, **slow)
        reach.input(read_up_to, [reach, state], outputs, **reading, **slow)
        upload.upload(bring_file, [upload, state], [*outputs, pasted, own], **reading, **slow)
        read.click(bring_text, [pasted, state], [*outputs, pasted, own], **reading, **slow)
    page.queue(
        status_update_rate=_STATUS,
        max_size=_WAITING,
        default_concurrency_limit=_AT_ONCE,
        api_open=False,
    )
    return cast(gr.Blocks, page)


def serve(page: "gr.Blocks", host: str = "127.0.0.1", port: int | None = None) -> str:
    """Start the server in the background and return its URL; `page.close()` stops it.

    Raises:
        QAError: the address is taken or is none of this machine's.
    """
    from starlette.middleware import Middleware

    port = free_port(host, port)
    try:
        _, url, _ = page.launch(
            server_name=host,
            server_port=port,
            share=False,
            inbrowser=False,
            prevent_thread_lock=True,
            quiet=True,
            theme=theme(),
            css=css(),
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            strict_cors=True,
            max_file_size=2 * MAX_BYTES,  # a little too large gets this program's own message
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
            state_session_capacity=_SESSIONS,
            app_kwargs={
                "middleware": [Middleware(BodyLimit, most=_LARGEST)],
                "routes": [direct_route(page)],
            },
        )
    except OSError as error:
        raise QAError(f"cannot listen on {shown(host)}: {error}; name another --port") from error
    return url


def launch(
    story: str,
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = True,
    equipment: Equipment | None = None,
) -> None:
    """Serve the chat until it is interrupted; its URL is printed once it is ready.

    Args:
        story: name or path of the story to open first.
        host: address to listen on; the default is reached from this machine only.
        port: port to listen on; None takes the first free one from 7860.
        open_browser: whether to open the page in the user's browser.
        equipment: what reads the stories; by default the reader that ships.

    Raises:
        QAError: the story cannot be opened, or the address is taken.
    """
    port = free_port(host, port)  # before the models load
    page = build(open_shelf(story, equipment))
    url = serve(page, host, port)
    print(f"Story QA: {url} (stop with Ctrl+C)", flush=True)
    if open_browser:
        import webbrowser

        webbrowser.open(url)
    try:
        page.block_thread()
    finally:
        page.close(verbose=False)
