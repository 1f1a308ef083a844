"""How the page looks: theme, style sheet, and the script that ties citations to the story."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.themes import Base

__all__ = ["css", "script", "theme"]

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")


def theme() -> Base:
    """Return the theme: the system's own fonts, so that none is fetched, and calm colours."""
    import gradio as gr

    return gr.themes.Base(
        primary_hue="teal",
        neutral_hue="stone",
        radius_size="lg",
        font=(*_SANS, "sans-serif"),
        font_mono=_MONO,
    ).set(
        body_background_fill="#faf8f3",
        body_background_fill_dark="#181613",
        body_text_color="#28241e",
        body_text_color_dark="#ece6da",
        body_text_color_subdued="#6a6356",
        body_text_color_subdued_dark="#aaa191",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#201d19",
        background_fill_secondary="#f5f1e9",
        background_fill_secondary_dark="#26231e",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
        block_padding="0",
        border_color_primary="#e5ded0",
        border_color_primary_dark="#39342b",
        input_background_fill="#ffffff",
        input_background_fill_dark="#201d19",
        input_border_color="#d8cfbf",
        input_border_color_dark="#484237",
        button_primary_background_fill="#2d5f63",
        button_primary_background_fill_hover="#234d50",
        button_primary_background_fill_dark="#3d7a7d",
        button_primary_background_fill_hover_dark="#4a8d90",
        button_primary_text_color="#ffffff",
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_dark="transparent",
        button_secondary_background_fill_hover="#efe9dd",
        button_secondary_background_fill_hover_dark="#2d2923",
        button_secondary_border_color="#d8cfbf",
        button_secondary_border_color_dark="#484237",
    )


def css() -> str:
    """Return the style sheet."""
    return _file("chat.css")


def script() -> str:
    """Return the story panel's script; see `gr.HTML(js_on_load=…)`."""
    return _file("chat.js")


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")
