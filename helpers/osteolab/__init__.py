"""OsteoLab: from a hormone slider to a bone, for people who learn physiology.

A teaching model: not a diagnostic and not a treatment planner.

>>> from osteolab import Person, Course, simulate
>>> anna = Person(sex="female", age=52, menopause_age=50)
>>> life = simulate(anna, [Course("transdermal_estradiol", 50, "ug/day", start=52, stop=57)], until=80)
>>> life.at(age=60, site="lumbar_spine").who_class
'normal'
"""

from osteolab.errors import InputError
from osteolab.life import Life
from osteolab.person import Person
from osteolab.plan import Plan, Scenario
from osteolab.simulate import simulate
from osteolab.treatments import Course

__version__ = "0.1.0"
__all__ = ["Course", "InputError", "Life", "Person", "Plan", "Scenario", "simulate"]
