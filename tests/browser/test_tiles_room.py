"""The tiles and the caveat under them have room at every size: nothing is cut off and nothing lies over another."""

from __future__ import annotations

import pytest
from harness import Lab

SIZES = ((390, 844), (1366, 768), (1920, 1080), (1100, 720), (1366, 657), (1100, 640))
# What does not fit: what runs out of the card, what lies over what stands above it, what is wider than its tile.
WRONG = """(root) => {
  const card = root.querySelector(".ol-lab").getBoundingClientRect();
  const parts = [".ol-figure", ".ol-sentence", ".ol-tiles", ".ol-caveat"].map((css) => [css, root.querySelector(css)]);
  const found = [];
  let above = card.top;
  for (const [css, part] of parts) {
    const box = part.getBoundingClientRect();
    if (box.top < above - 1) found.push(`${css} begins ${Math.round(above - box.top)} px too high`);
    const low = Math.round(box.bottom - card.bottom);
    if (low > -4) found.push(`${css} ends ${low} px under the card`);
    above = box.bottom;
  }
  const last = [...root.querySelectorAll(".ol-tile")].at(-1).getBoundingClientRect();
  if (last.right > card.right - 4) found.push(`the last tile ends ${Math.round(last.right - card.right)} px outside`);
  for (const tile of root.querySelectorAll(".ol-tile"))
    for (const line of tile.children)
      if (line.scrollWidth > tile.clientWidth + 1) found.push(`${line.textContent} is wider than its tile`);
  return found;
}"""


def wrong_at(notebook, lab, shoot, place, sizes=SIZES):
    """Return what does not fit at each size of the window."""
    found = {}
    for size in sizes:
        notebook.resize(*size)
        notebook.page.evaluate("dispatchEvent(new Event('resize'))")
        lab.show()
        lab.settled(0.6)
        assert "not a forecast" in lab.root.locator(".ol-caveat").inner_text()
        if wrong := lab.root.evaluate(WRONG):
            found[size] = wrong
        shoot(notebook, f"tiles_{place}_{size[1]}")
    return found


@pytest.mark.parametrize("name", ["00_start_here.ipynb", "03_what_is_a_deficit.ipynb"])
def test_tiles_and_caveat_have_room_at_every_size(opened, shoot, name):
    notebook = opened(name)
    notebook.close_side_panel()
    notebook.run_all()
    lab = Lab(notebook)
    lab.button("Teacher: unveil").click()
    lab.settled()
    assert wrong_at(notebook, lab, shoot, name[:2]) == {}
    notebook.resize(1366, 768)
    lab.button("Save").click()
    lab.entry("Larger text").click()
    assert wrong_at(notebook, lab, shoot, f"{name[:2]}_larger", SIZES[1:4]) == {}
    assert notebook.watch.problems() == []
