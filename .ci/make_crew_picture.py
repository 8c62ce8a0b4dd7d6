"""Draw the still picture of the crew, notebooks/images/remodeling_crew.svg, for readers without a running kernel.

The drawing code is that of the widget (page/parts/crew_scene.js), run by Node, so the two cannot drift apart.
The picture brings the light theme's own colours and is legible on any ground.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from osteolab import bmu
from osteolab.lab.page import HERE
from osteolab.lab.palette import LIGHT
from osteolab.lab.pictures.crew import CrewAnimation

TARGET = Path(__file__).resolve().parents[1] / "notebooks" / "images" / "remodeling_crew.svg"
WIDTH, PAD = 1120, 14
FONT = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
ASK = """
import {{ readCalendar }} from {calendar};
import {{ describeCrew, drawCrew }} from {scene};
const read = readCalendar({plan});
process.stdout.write(JSON.stringify({{ ...drawCrew(read, {day}, {width}), words: describeCrew(read, {day}) }}));
"""


def show_day(crew: CrewAnimation) -> int:
    """Return the first day on which all three phases can be seen, with the digging well under way."""
    for day in range(20, 1000):
        phases = {event.phase(day): event for event in crew.events}
        if {"digging", "reversal", "filling"} <= set(phases) and day - phases["digging"].start > 2:
            return day
    return 150


def style() -> str:
    """Return the rules for what is inside the picture, with the light theme's colours put in."""
    css = (HERE / "crew.css").read_text(encoding="utf-8")
    colours = {f"--ol-{role}": colour for role, colour in LIGHT.items()}
    rules = re.findall(r"\.ol-crew ((?:\.c-[\w-]+|text) \{[^}]*\})", css)
    lines = "\n".join(" ".join(rule.split()) for rule in rules)
    return re.sub(r"var\((--ol-[\w-]+)\)", lambda found: colours[found[1]], lines)


def picture(crew: CrewAnimation, day: int) -> str:
    """Return the scene on one day as a standing SVG."""
    calendar, scene = (json.dumps((HERE / "parts" / f"{name}.js").as_uri()) for name in ("calendar", "crew_scene"))
    code = ASK.format(calendar=calendar, scene=scene, plan=json.dumps(crew.calendar), day=day, width=WIDTH)
    node = shutil.which("node") or "node"
    ran = subprocess.run([node, "--input-type=module", "-e", code], capture_output=True, text=True, check=True)
    drawn = json.loads(ran.stdout)
    width, height = drawn["width"] + 2 * PAD, drawn["height"] + 2 * PAD
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" font-family="{FONT}">\n'
        f"<title>{drawn['words']}</title>\n<style>{style()}</style>\n"
        f'<rect x="0.5" y="0.5" width="{width - 1:.0f}" height="{height - 1:.0f}" '
        f'rx="10" fill="{LIGHT["surface"]}" stroke="{LIGHT["line"]}"/>\n'
        f'<g transform="translate({PAD} {PAD})">{drawn["body"]}</g>\n</svg>\n'
    )


def main() -> None:
    """Write the picture."""
    crew = CrewAnimation(resorption=165, formation=140)
    if bmu.holes(crew.events):
        raise SystemExit("the chosen crew cuts through the strut; choose a milder one")
    TARGET.write_text(picture(crew, show_day(crew)), encoding="ascii", errors="xmlcharrefreplace")


if __name__ == "__main__":
    main()
