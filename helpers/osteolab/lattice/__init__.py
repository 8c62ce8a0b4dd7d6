"""A voxel model of trabecular bone, renewed site by site: one person, one plan, one lattice.

    from osteolab.lattice import Lattice
    bone = Lattice.young_vertebra(size=64, seed=1)
    history = bone.remodel(life, years=30)
    history.table()

The calculator gives two numbers for each month: how much trabecular bone is removed, and how much there is at
the end. The lattice turns them into single sites. Sites open on the surface until the bone they will remove is
what the calculator removes; each is dug, waits and is filled as :class:`osteolab.bmu.Event` says; new bone is
laid down until the volume is that of the calculator. What the calculator does not know is the shape: where a
pit comes out on the other side of a plate or takes the whole width of a rod, it has no floor left and cannot be
filled again, and a piece that hangs on nothing is gone. See docs/model/lattice.md.

The lattice is periodic in x, y and z (z is along the spine).
"""

from __future__ import annotations

from osteolab.errors import need

try:
    from osteolab.lattice.history import History
    from osteolab.lattice.lattice import Lattice
    from osteolab.lattice.state import CAUSES
except ModuleNotFoundError as missing:
    need(str(missing.name), "the lattice")
    raise

__all__ = ["CAUSES", "History", "Lattice"]
