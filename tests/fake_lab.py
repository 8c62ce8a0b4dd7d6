"""A lab without a screen: what the cards ask of a lab, over the real calculator."""

import traitlets as t

from osteolab import Course, Person, simulate

READ = ("bmd", "t_score", "z_score", "ctx", "p1np", "resorption", "formation", "bone_balance", "strength")


class FakeLab(t.HasTraits):
    """Anna with estradiol held from 52; `veiled` hides the reading."""

    revision = t.Int(0)

    def __init__(self, veiled=False, **changes):
        super().__init__()
        self.veiled, self.values = veiled, {"scan_age": 65.0, "site": "lumbar_spine", "person": "anna", "moved": []}
        self.set(**changes)

    def set(self, **changes):
        self.values.update(changes)
        self.values["moved"] = sorted(
            {*self.values["moved"], *changes} & {"estradiol", "resorption_pace", "formation_pace"}
        )
        units = {"estradiol": "pg/mL", "resorption_pace": "percent", "formation_pace": "percent"}
        courses = [Course(name, self.values[name], units[name], start=52) for name in self.values["moved"]]
        self.life = simulate(Person.preset("anna"), courses, until=80)
        self.revision += 1

    @property
    def reading(self):
        scan = self.life.at(self.values["scan_age"], self.values["site"])
        return {} if self.veiled else {name: getattr(scan, name) for name in READ}

    def settings(self):
        return dict(self.values)
