"""Every word of a lab is inside its place and free: of other words, of handles and boxes, of a prediction's circle."""

from __future__ import annotations

import io

import numpy as np
import pytest
from harness import Lab, LatticePage, printed
from lab_words import FAULTS
from PIL import Image

from osteolab.lab.palette import LIGHT

pytestmark = pytest.mark.own_page
CELL = "from osteolab.lab import lesson\nlab = lesson({number!r}).lab()\nlab"
SIZES = {"phone": (390, 844), "laptop": (1366, 768), "larger text": (1366, 768), "projector": (1920, 1080)}
SITES = ("lumbar_spine", "total_hip", "femoral_neck")
# What is shown of each lab, by lesson; each begins from the state of the start, without a veil.
STATES = {
    "00": [{}, {"estradiol": 5}, {"estradiol": 40}, {"estradiol": 75}, {"scan_age": 50}, "pin"],
    "01": [
        {},
        {"resorption_pace": 300, "formation_pace": 100},
        {"resorption_pace": 300, "formation_pace": 300},
        {"resorption_pace": 100, "formation_pace": 300},
        {"formation_delay": 300},
        {"person": "tom"},
        {"person": "tom", "resorption_pace": 150},
        "pin",
    ],
    "02": [{"person": who, "site": site, **more} for who in ("ben", "anna") for site in SITES
           for more in ({}, {"estradiol": 5}, {"estradiol": 75})] + ["pin"],
    "03": [{"site": site, **more} for site in SITES
           for more in ({}, {"peak_bone_mass_sd": 2}, {"peak_bone_mass_sd": -2, "menopause_age": 45})] + ["pin"],
    "09": [{"age": 46}, {"age": 80}, {"with_a": "nothing", "with_b": "builder"}, {"view": "section"}],
}  # fmt: skip
PINNED = {"01": {"resorption_pace": 200}, "03": {"peak_bone_mass_sd": 1}}


def put(notebook, state, number):
    """Bring the lab of a notebook into a state."""
    if state == "pin":
        printed(notebook, f"lab.reset(); lab.pin(); lab.set(**{PINNED.get(number, {'estradiol': 40})!r})")
    else:
        printed(notebook, f"lab.reset(); lab.set(**{state!r})")


def faults(lab):
    lab.settled()
    return lab.root.evaluate(FAULTS)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("number", STATES)
def test_every_word_is_inside_its_place_and_free_of_others(opened, written, number, size):
    notebook = opened(written(f"labels_{number}.ipynb", CELL.format(number=number)), SIZES[size])
    notebook.close_side_panel()
    notebook.run_all()
    lab = (LatticePage if number == "09" else Lab)(notebook)
    if size == "larger text":
        printed(notebook, "lab.desk.host.larger = True")
    found = {}
    choices = lab.root.locator(".widget-radio-box label")
    letters = "ABCD"[: choices.count()]
    for place, letter in enumerate(letters):
        choices.nth(place).click()
        found[f"veiled, {letter}"] = faults(lab)
    for letter in letters:
        printed(notebook, f"lab.veil(); lab.commit({letter!r})")
        found[f"answered, {letter}"] = faults(lab)
    printed(notebook, "lab.unveil()")
    for state in STATES[number]:
        put(notebook, state, number)
        found[str(state)] = faults(lab)
    assert "\n".join(f"{state}: {'; '.join(words)}" for state, words in found.items() if words) == ""
    assert notebook.watch.problems() == []
    notebook.shut_down()


def painted(row, colour):
    """Return how many pixels of a row are painted in a colour, or nearly."""
    picture = np.asarray(Image.open(io.BytesIO(row.screenshot())).convert("RGB")).astype(int)
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return int((abs(picture - wanted).max(axis=2) < 12).sum())


def test_a_handle_lets_the_usual_band_below_it_be_seen(opened, written):
    notebook = opened(written("bands.ipynb", CELL.format(number="02")), SIZES["laptop"])
    notebook.close_side_panel()
    notebook.run_all()
    lab = Lab(notebook)
    printed(notebook, "lab.unveil(); lab.reset()")
    for person in ("ben", "anna"):
        printed(notebook, f"lab.set(person={person!r})")
        lab.settled()
        rows = lab.root.locator(".ol-rail .ol-row:not(.ol-no-usual):not(.ol-hide)")
        assert rows.count()
        seen = {rows.nth(i).get_attribute("class"): painted(rows.nth(i), LIGHT["usual"]) for i in range(rows.count())}
        assert min(seen.values()) >= 20, seen
    assert notebook.watch.problems() == []
