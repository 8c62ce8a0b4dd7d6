"""Draw the way through the fourteen notebooks, one SVG a notebook: notebooks/images/course_NN.svg.

It is an image in a Markdown cell: nothing in it can be pressed, so it is a line with stations and has nothing like a
button. It cannot follow the theme of the page either. It brings its own ground in the colours of the light theme, and
is legible on any other.
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
STEP, GROUP_GAP, PAD, HEIGHT = 60, 12, 30, 72
ALONG, NUMBERS, LEVEL = 18, 42, 62  # y of the line, of the numbers and of the levels
ACCENT, INK, INK2, LINE, SURFACE = "#1F5FA8", "#1B2430", "#4B5563", "#7C8794", "#FFFFFF"
FONT = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def strip(here: int) -> str:
    """Return the strip of one notebook as SVG text."""
    x, places, parts = float(PAD), [], []
    for level, numbers in LEVELS:
        parts.append(_level(level, x, here in numbers))
        for _ in numbers:
            places.append(x)
            x += STEP
        x += GROUP_GAP
    way = _way(places[0], places[here], 2.5, ACCENT) + _way(places[here], places[-1], 1.5, LINE)
    stations = [_station(number, x, here) for number, x in enumerate(places)]
    width = places[-1] + PAD
    name = next(level for level, numbers in LEVELS if here in numbers)
    title = f"notebook {here:02d} of 00 to 13, {name}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{HEIGHT}" '
        f'viewBox="0 0 {width:.0f} {HEIGHT}" role="img" aria-label="{title}" '
        f'font-family="{FONT}" font-size="14" text-anchor="middle">\n<title>{title}</title>\n'
        f'<rect width="{width:.0f}" height="{HEIGHT}" fill="{SURFACE}"/>\n'
        + "\n".join([way, *stations, *parts])
        + "\n</svg>\n"
    )


def _way(start: float, end: float, width: float, ink: str) -> str:
    return f'<path d="M{start:.0f} {ALONG}H{end:.0f}" stroke="{ink}" stroke-width="{width}" fill="none"/>'


def _station(number: int, x: float, here: int) -> str:
    radius, weight, ink = (8, 700, INK) if number == here else (4.5, 400, INK if number < here else INK2)
    fill, edge = (SURFACE, LINE) if number > here else (ACCENT, ACCENT)
    return (
        f'<circle cx="{x:.0f}" cy="{ALONG}" r="{radius}" fill="{fill}" stroke="{edge}" stroke-width="1.5"/>'
        f'<text x="{x:.0f}" y="{NUMBERS}" fill="{ink}" font-weight="{weight}">{number:02d}</text>'
    )


def _level(level: str, x: float, is_here: bool) -> str:
    ink, weight = (INK, 700) if is_here else (INK2, 400)
    return f'<text x="{x - 9:.0f}" y="{LEVEL}" fill="{ink}" font-weight="{weight}" text-anchor="start">{level}</text>'


def main() -> None:
    """Write all fourteen strips."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for number in range(14):
        (IMAGES / f"course_{number:02d}.svg").write_text(strip(number), encoding="ascii", errors="xmlcharrefreplace")


if __name__ == "__main__":
    main()
