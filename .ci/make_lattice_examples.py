"""Write data/lattice_examples.json: the plans the lattice lab opens with, and all it has without numpy."""

from __future__ import annotations

from osteolab import data, rescue
from osteolab.rescue import EXAMPLES, example_file, usual_bone

if __name__ == "__main__":
    path = data.path(EXAMPLES)
    rescue.stored = lambda *_: None  # what is stored now may be of other parameters: nothing starts from it
    path.write_text(example_file(usual_bone()), encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
