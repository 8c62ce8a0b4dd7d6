"""Every word of the panels is inside the figure and free of every other word."""

from __future__ import annotations

import pytest
from harness import Lab, printed

CELL = 'from osteolab.lab import *\nlab = lesson("02").lab().unveil().reset()\nlab'
STATES = (
    {"estradiol": 75},
    {"person": "anna"},
    {"site": "total_hip"},
    {"site": "femoral_neck", "estradiol": 5},
    {"estradiol": 5},
)
FAULTS = """root => {
  const plot = root.querySelector('.js-plotly-plot'), frame = plot.getBoundingClientRect();
  const words = [...plot.querySelectorAll('text')]
    .filter((node) => node.textContent.trim() && node.getBoundingClientRect().width && !node.closest('.hoverlayer'))
    .map((node) => ({said: node.textContent.trim(), box: node.getBoundingClientRect()}));
  const found = words.filter(({box}) => box.left < frame.left - 1 || box.right > frame.right + 1
    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1).map(({said}) => `outside: ${said}`);
  words.forEach((one, i) => words.slice(0, i).forEach((other) => {
    const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
    const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
    if (across > 2 && down > 3) found.push(`${one.said} lies on ${other.said}`);
  }));
  return [...found, ...root.olCutOff()];
}"""


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_every_label_is_inside_its_panel_and_free_of_others(opened, written, size):
    notebook = opened(written("labels.ipynb", CELL), size)
    notebook.close_side_panel()
    notebook.run_all()
    lab = Lab(notebook)
    for state in STATES:
        printed(notebook, f"lab.reset(); lab.set(person='ben'); lab.set(**{state!r})")
        lab.settled()
        assert lab.root.evaluate(FAULTS) == [], state
