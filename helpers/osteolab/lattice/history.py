"""What became of a lattice: records at regular ages, and every event between them."""

from __future__ import annotations

import numpy as np

from osteolab.errors import need, number
from osteolab.lattice import microarchitecture, stiffness
from osteolab.lattice.state import KINDS, OPEN, THINNING, LatticeState, Record


class History:
    """What became of a lattice: records at regular ages, and every event between them.

    Attributes
    ----------
    ages : list of float
        Ages of the records, years.
    life : Life
        The life it followed.
    """

    def __init__(self, lattice, life):
        self.life, self._lattice = life, lattice
        self.ages: list[float] = []
        self._records: list[Record] = []
        self._measures: list[dict[str, float]] = []
        self._stiffness: list[float] = []

    def __repr__(self):
        return f"History of a lattice from {self.ages[0]:g} to {self.ages[-1]:g}"

    def record(self, month: int, state: LatticeState) -> None:
        """Keep what a lattice is at the beginning of a month of life."""
        self.ages.append(month / 12)
        self._records.append(Record(state))

    def _nearest(self, age) -> int:
        age = number(age, "age", "years", self.ages[0], self.ages[-1], "that is the history that was remodelled")
        return min(range(len(self.ages)), key=lambda i: abs(self.ages[i] - age))

    def voxels(self, age: float):
        """Return the voxels at the record nearest to an age (years): bool (size, size, size), True in bone."""
        return self._records[self._nearest(age)].bone()

    def lost(self, age: float):
        """Return why each voxel was lost between the first record and an age, uint8 (size, size, size).

        0 was not lost, 1 perforation, 2 snapped strut, 3 loose fragment, 4 thinning, 5 open pit (to be filled again);
        the names are in ``osteolab.lattice.CAUSES``.
        """
        first, record = self._records[0], self._records[self._nearest(age)]
        now = record.bone()
        gone = first.bone() & ~now
        at_work = np.zeros(now.size, dtype=bool)
        for pit in record.pits:
            at_work[pit.voxels if pit.fill is None else pit.fill[pit.filled :]] = True
        why = np.where(record.cause > 0, record.cause, np.where(at_work.reshape(now.shape), OPEN, THINNING))
        return np.where(gone, why, 0).astype(np.uint8)

    def table(self):
        """Return a pandas DataFrame with one row for each record.

        Columns: age_years, bv_tv (1), tb_th_um, tb_n_per_mm, tb_sp_um, conn_d_per_mm3, perforations and snapped_struts
        (numbers since the young lattice), relative_stiffness (along the spine, 1 = the young lattice; solved by finite
        elements when the table is first asked for, see :mod:`osteolab.stiffness`).
        """
        return need("pandas", "a table of a lattice").DataFrame(self.rows())

    def rows(self) -> list[dict[str, float]]:
        """Return the table as a list of dicts, for where there is no pandas."""
        rows = []
        columns = zip(self.ages, self._records, self._measured(), self._solved(), strict=True)
        for age, record, measures, stiff in columns:
            counts = {"perforations": record.counts["perforation"], "snapped_struts": record.counts["snapped_strut"]}
            rows.append({"age_years": age, **measures, **counts, "relative_stiffness": stiff})
        return rows

    def _measured(self):
        """Return the measures of every record."""
        for record in self._records[len(self._measures) :]:
            self._measures.append(microarchitecture.measure(record.bone(), self._lattice.voxel_um, True))
        return self._measures

    def _solved(self):
        """Return the stiffness at every record, each solve starting from the one before."""
        if len(self._stiffness) < len(self.ages):
            young = self._lattice._young.solution()
            last, self._stiffness = young.displacement, []
            for record in self._records:
                now = stiffness.solve(record.bone(), factor=stiffness.usual_factor(self._lattice.size), start=last)
                last = now.displacement
                self._stiffness.append(now.relative_stiffness / young.relative_stiffness)
        return self._stiffness

    def events(self):
        """Return a pandas DataFrame of what could not be filled again since the first record.

        Columns: age_years, kind (perforation, snapped_strut, fragment), x_um, y_um, z_um, volume_um3.
        """
        pd = need("pandas", "a table of events")
        n, voxel = self._lattice.size, self._lattice.voxel_um
        first, last = self._records[0], self._records[-1]
        rows = []
        for cut in last.events[len(first.events) :]:
            x, y, z = ((np.array(np.unravel_index(cut.voxel, (n, n, n))) + 0.5) * voxel).tolist()
            spot = {"x_um": x, "y_um": y, "z_um": z}
            rows.append({"age_years": cut.month / 12, "kind": cut.kind, **spot, "volume_um3": cut.volume * voxel**3})
        columns = ["age_years", "kind", "x_um", "y_um", "z_um", "volume_um3"]
        return pd.DataFrame(rows, columns=columns)

    def loss_volumes(self) -> dict[str, float]:
        """Return the bone lost for good since the first record, mm3, by what was cut."""
        first, last = self._records[0].lost, self._records[-1].lost
        return {kind: (last[kind] - first[kind]) * (self._lattice.voxel_um / 1000) ** 3 for kind in KINDS.values()}

    def loss_shares(self) -> dict[str, float]:
        """Return the shares of perforation, snapped struts and fragments in the bone lost for good, percent.

        As in Liu 2008 (73.2, 18.9 and 7.9 %): bone that was dug and could not be filled again, by what was cut.
        """
        lost = self.loss_volumes()
        whole = sum(lost.values())
        return {kind: 100 * volume / whole if whole else 0.0 for kind, volume in lost.items()}

    def lattice(self, age: float):
        """Return the Lattice at the record nearest to an age (years), to go on from there with another life."""
        index = self._nearest(age)
        return self._lattice.grown(self._records[index].state(), self.ages[index])
