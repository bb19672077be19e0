"""The mark, the icons, and the shapes of states: each a small inline drawing."""

import json
from decimal import Decimal
from functools import cache
from math import cos, pi, sin
from pathlib import Path

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

ICONS: frozenset[str] = frozenset(
    json.loads((Path(__file__).parent / "frontend" / "icons.json").read_text())
)

_RING = '<circle cx="8" cy="8" r="5.9" fill="none" stroke="currentColor" stroke-width="1.4"/>'
_LINE = 'fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"'
_TICK = "M5.4 8.2 7.3 10l3.4-3.7"
_TRUCK = (
    f'<g {_LINE} stroke-linejoin="round"><path d="M3.2 11.4H1.6V3.6h7.6v7.8H6.4M9.2 5.8h3l2.2 3v2.6'
    'h-1.1M10.2 11.4H9.2"/><circle cx="4.8" cy="11.6" r="1.5"/>'
    '<circle cx="11.8" cy="11.6" r="1.5"/></g>'
)
_SHAPES = {
    "draft": '<circle cx="8" cy="8" r="5.9" fill="none" stroke="currentColor" stroke-width="1.4"'
    ' stroke-dasharray="2.6 2"/>',
    "submitted": f'{_RING}<path d="M8 2.1a5.9 5.9 0 0 1 0 11.8z" fill="currentColor"/>',
    "posted": f'{_RING}<path d="{_TICK}" {_LINE} stroke-linejoin="round"/>',
    "transit": _TRUCK,
    "done": f'<circle cx="8" cy="8" r="6.6" fill="currentColor"/><path class="knock" d="{_TICK}" '
    'fill="none" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>',
    "reversed": f'<path d="M6.2 4.2 3 7.2l3.2 3M3.4 7.2h6.4a2.8 2.8 0 0 1 0 5.6H8" {_LINE} '
    'stroke-linejoin="round"/>',
    "void": f'{_RING}<path d="M4 4l8 8" {_LINE}/>',
    "waiting": f'{_RING}<path d="M8 4.8V8l2 1.4" {_LINE}/>',
    "held": f'<path d="M5.6 3.4v9.2M10.4 3.4v9.2" {_LINE} stroke-width="2"/>',
    "exception": f'<path d="M8 2.2 14.4 13.4H1.6zM8 6.6v3M8 11.5v.1" {_LINE} '
    'stroke-linejoin="round"/>',
}


@cache
def icon(name: str, size: str = "") -> SafeString:
    """An outline icon from the sprite; a name that the build does not know is a mistake."""
    assert name in ICONS, f"No icon is called {name!r}; frontend/icons.json lists them."
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        size,
        static("dist/icons.svg"),
        name,
    )


def state_shape(code: str, share: Decimal | None = None) -> SafeString:
    """The shape of a state; `partly` is a pie at the real share."""
    inner = _pie(share) if code == "partly" else _SHAPES.get(code, _SHAPES["draft"])
    return mark_safe(f'<svg viewBox="0 0 16 16" aria-hidden="true">{inner}</svg>')


def _pie(share: Decimal | None) -> str:
    part = min(max(float(share if share is not None else Decimal("0.5")), 0.02), 0.98)
    x, y = 8 + 5.9 * sin(2 * pi * part), 8 - 5.9 * cos(2 * pi * part)
    large = 1 if part > 0.5 else 0
    return f'{_RING}<path d="M8 8V2.1A5.9 5.9 0 {large} 1 {x:.2f} {y:.2f}z" fill="currentColor"/>'


def mark(*, is_plain: bool = False) -> SafeString:
    """The mark: 盘 a square tray, 通 the line that runs through it, from a full dot to an open one.

    Plain is the line drawing alone, for empty lists; else it stands on a tile of the text colour.
    """
    ground = "" if is_plain else '<rect width="34" height="34" rx="8" fill="currentColor"/>'
    ink = "currentColor" if is_plain else "var(--tp-on-accent, #fff)"
    paper = "var(--tp-sunken, #fff)" if is_plain else "currentColor"
    return mark_safe(
        f'<svg class="mark" viewBox="0 0 34 34" aria-hidden="true">{ground}'
        f'<g fill="none" stroke="{ink}" stroke-width="2.4">'
        '<rect x="8.6" y="9.2" width="16.8" height="15.6" rx="4.6"/>'
        '<path d="M6.4 17h21.2"/></g>'
        f'<circle cx="6.4" cy="17" r="3" fill="{ink}"/>'
        f'<circle cx="27.6" cy="17" r="2.4" fill="{paper}" stroke="{ink}" stroke-width="2"/></svg>'
    )
