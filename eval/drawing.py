"""Drawing for a page, by matplotlib without its global state: SVG that needs nothing else."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["COLOURS", "Chart", "new_axes", "to_svg"]

COLOURS = ("#0b6e99", "#d9730d", "#448361", "#9065b0", "#c4554d", "#787774")
"""One a system, in order."""

_WIDTH, _HEIGHT = 6.2, 3.4


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its title, and a sentence on how to read it. `svg` has no reference out."""

    title: str
    note: str
    svg: str


def new_axes(x: str, y: str, height: float = _HEIGHT) -> Axes:
    """Return axes of a figure of their own, labelled; `height` in inches."""
    from matplotlib.figure import Figure

    axes: Axes = Figure(figsize=(_WIDTH, height), layout="constrained").add_subplot()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#eeeeee")
    axes.set_axisbelow(True)
    return axes


def to_svg(axes: Axes, prefix: str) -> str:
    """Return the figure as an element for a page, its ids under a prefix of its own."""
    import matplotlib as mpl

    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False)
    figure = axes.figure
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": prefix}):
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(buffer, format="svg", metadata=nothing)  # type: ignore[union-attr]
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]  # without the prologue, which names a DTD on the web
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\1{prefix}-", svg)
