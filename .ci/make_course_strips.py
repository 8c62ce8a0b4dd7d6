"""Draw the strip of fourteen numbered fields, one SVG a notebook: notebooks/images/course_NN.svg.

The strip is an image in a Markdown cell, so it cannot follow the theme of the page. It brings its own card, whose
colours are those of the light theme, and is legible on any ground.
"""

from __future__ import annotations

from pathlib import Path

IMAGES = Path(__file__).resolve().parents[1] / "notebooks" / "images"
LEVELS = (
    ("Start", (0,)),
    ("Fundamentals", (1, 2, 3)),
    ("Intermediate", (4, 5, 6, 7)),
    ("Academic", (8, 9, 10, 11, 12)),
    ("Case", (13,)),
)
FIELD, GAP, GROUP_GAP, PAD, HEIGHT = 57, 4, 14, 14, 76
TOP, BOX = 12, 26
HERE, PAST, AHEAD = ("#1F5FA8", "#1F5FA8"), ("#C5CBD5", "#C5CBD5"), ("#F1F2F4", "#D5DAE1")
INK, INK2, LINE, SURFACE = "#1B2430", "#4B5563", "#D5DAE1", "#FFFFFF"
FONT = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def strip(here: int) -> str:
    """Return the strip of one notebook as SVG text."""
    x, parts = float(PAD), []
    for level, numbers in LEVELS:
        parts.append(_level(level, x, here in numbers))
        for number in numbers:
            parts.append(_field(number, x, here))
            x += FIELD + GAP
        x += GROUP_GAP - GAP
    width = x - GROUP_GAP + PAD
    name = next(level for level, numbers in LEVELS if here in numbers)
    title = f"notebook {here:02d} of 00 to 13, {name}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{HEIGHT}" '
        f'viewBox="0 0 {width:.0f} {HEIGHT}" role="img" aria-label="{title}" '
        f'font-family="{FONT}" font-size="14" text-anchor="middle">\n<title>{title}</title>\n'
        f'<rect x="0.5" y="0.5" width="{width - 1:.0f}" height="{HEIGHT - 1}" '
        f'rx="10" fill="{SURFACE}" stroke="{LINE}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _field(number: int, x: float, here: int) -> str:
    fill, edge = HERE if number == here else PAST if number < here else AHEAD
    ink, weight = (SURFACE, 700) if number == here else (INK if number < here else INK2, 400)
    return (
        f'<rect x="{x + 0.5:.1f}" y="{TOP + 0.5}" width="{FIELD - 1}" height="{BOX - 1}" '
        f'rx="3" fill="{fill}" stroke="{edge}"/>'
        f'<text x="{x + FIELD / 2:.1f}" y="{TOP + 18}" fill="{ink}" font-weight="{weight}">{number:02d}</text>'
    )


def _level(level: str, x: float, is_here: bool) -> str:
    ink, weight = (INK, 700) if is_here else (INK2, 400)
    return (
        f'<text x="{x:.1f}" y="{TOP + BOX + 20}" fill="{ink}" font-weight="{weight}" text-anchor="start">{level}</text>'
    )


def main() -> None:
    """Write all fourteen strips."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for number in range(14):
        (IMAGES / f"course_{number:02d}.svg").write_text(strip(number), encoding="ascii", errors="xmlcharrefreplace")


if __name__ == "__main__":
    main()
