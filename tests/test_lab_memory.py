"""What a lab takes it gives back: closed, its cell run again, or moved for hours."""

import gc
import random
import sys
from weakref import ref

import pytest
from ipywidgets.widgets.widget import _instances as kept
from jupyter_client.manager import start_new_kernel

from osteolab import InputError, Person
from osteolab.lab import CrewAnimation, RemodelingLab, ScanReport, lesson
from osteolab.lab.sliders import MIX, catalogue

YOUNG = Person("female", age=24, name="Nora")  # few years lived, few to come: a life of hers costs little
PANELS = ("00", "01", "02", "03")
BLOCK = 64  # bytes, about what one of the small pieces of memory holds that Python counts


def everything(number):
    """Return a lab of the course that was used in every way that makes widgets, and the cards beside it."""
    here = lesson(number)
    lab = here.lab()
    lab.unveil()
    if number in PANELS:
        lab.add_plan().pin()
        if lab.predict is not None:
            lab.veil().commit("A")
    return [lab, here.tasks(lab), here.quiz(), *([CrewAnimation(lab), ScanReport(lab)] if number in PANELS else [])]


@pytest.mark.parametrize("number", [*PANELS, "09"])
def test_closed_labs_and_cards_leave_no_widget_behind_and_are_forgotten(number):
    before = set(kept)
    widgets = everything(number)
    assert len(set(kept) - before) > 200
    for widget in widgets:
        widget.close()
        widget.close()
    assert {type(kept[one]).__name__ for one in set(kept) - before} == set()
    forgotten = [ref(widget) for widget in widgets]
    del widgets, widget
    gc.collect()
    assert [one() for one in forgotten] == [None] * len(forgotten)


def test_cards_that_are_closed_no_longer_follow_the_lab():
    lab, *cards = everything("01")
    follow = lab._trait_notifiers["revision"]["change"]
    assert len(follow) >= len(cards)
    for card in cards:
        card.close()
    assert follow == []
    lab.close()


def test_a_closed_lab_can_be_read_and_says_that_it_cannot_be_moved():
    lab = RemodelingLab(YOUNG, people=(), until=34).set(estradiol=60)
    text, reading, scenario = repr(lab), lab.reading, lab.scenario
    lab.close()
    assert (repr(lab), lab.reading, lab.scenario) == (text, reading, scenario)
    for move in (lambda: lab.set(estradiol=70), lab.reset, lab.pin, lab.add_plan, lab.undo, lambda: lab.show(scenario)):
        with pytest.raises(InputError, match=r"^this lab is closed and can only be read; run its cell again"):
            move()
    assert "is closed" in lab.status and repr(lab) == text


def test_predicting_again_and_again_leaves_no_widget_behind():
    lab = lesson("02").lab()
    lab.commit("A").veil().commit("B").veil()
    before = len(kept)
    for letter in "ABC":
        lab.commit(letter).veil()
    assert len(kept) == before
    lab.close()


def used_blocks():
    """Return how many pieces of memory Python holds for what can still be reached."""
    gc.collect()
    return sys.getallocatedblocks()


def test_one_lab_after_another_does_not_pile_up():
    counts = []
    for turn in range(8):
        lab = RemodelingLab(YOUNG, people=(), until=34).set(estradiol=50 + turn)
        lab.close()
        del lab
        counts.append(used_blocks())
    # 50 labs would stay within 2 MB
    assert (counts[-1] - counts[2]) / 5 * 50 * BLOCK < 2e6, counts


def test_later_moves_of_every_slider_take_no_more_memory_than_the_first_hundred():
    names = [name for name, one in catalogue().items() if one.kind != MIX]
    lab, rng = RemodelingLab(YOUNG, names, people=(), until=34), random.Random(1)

    def moves(rounds):
        for _ in range(rounds):
            for name in names:
                one = catalogue()[name]
                lab.desk.frame.rows[name].slider.value = one.on_track(rng.uniform(one.minimum, one.maximum))
        return used_blocks()

    first = moves(3)
    assert (moves(3) - first) * BLOCK < 5e6
    lab.close()


CELL = "from osteolab.lab import RemodelingLab\nlab = RemodelingLab(until=60)\nlab"
COUNT = "from ipywidgets.widgets.widget import _instances as kept; len(kept)"


@pytest.fixture(scope="module")
def kernel():
    """A kernel of Jupyter, and a way to run a cell of a notebook in it."""
    manager, client = start_new_kernel(kernel_name="python3")

    def run(code, cell):
        """Run a cell as JupyterLab does, which says which cell it is; return what it shows."""
        asked = client.session.msg("execute_request", {"code": code, "silent": False}, metadata={"cellId": cell})
        client.shell_channel.send(asked)
        shown = ""
        while True:
            message = client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") != asked["header"]["msg_id"]:
                continue
            kind, content = message["msg_type"], message["content"]
            assert kind != "error", content
            shown = content["data"]["text/plain"] if kind == "execute_result" else shown
            if (kind, content.get("execution_state")) == ("status", "idle"):
                return shown

    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_cell_that_is_run_again_lets_the_lab_of_its_last_run_go(kernel):
    kernel(CELL, "one")
    alone = int(kernel(COUNT, "count"))
    for _ in range(3):
        kernel(CELL, "one")
    assert int(kernel(COUNT, "count")) == alone > 100
    kernel(CELL.replace("lab =", "other ="), "two")
    assert int(kernel(COUNT, "count")) == 2 * alone, "another cell has a lab of its own"


def test_a_lab_that_another_cell_still_shows_is_kept_until_that_shows_it_no_more(kernel):
    kernel(CELL, "three")
    before = int(kernel(COUNT, "count"))
    kernel("lab.set_state({'_view_count': 1})", "page says so")
    kernel("old = lab", "keep")
    kernel(CELL, "three")
    assert int(kernel(COUNT, "count")) > before
    kernel("old.set(estradiol=60)", "still moves")
    kernel("old.set_state({'_view_count': 0})", "page says so")
    assert int(kernel(COUNT, "count")) == before
