"""A lab on a phone, by finger: swipes scroll, handles are held, and the sentence stays beside the hand."""

from __future__ import annotations

import pytest
from harness import TRIAL_LAB, Lab, Notebook

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def lab(browser, server, written):
    context = browser.new_context(viewport=PHONE, has_touch=True)
    notebook = Notebook(context.new_page(), server, written("phone.ipynb", TRIAL_LAB))
    notebook.close_side_panel()
    notebook.run_all()
    yield Lab(notebook)
    notebook.shut_down()


@pytest.fixture
def finger(lab):
    """Return a function that puts a finger on the glass, moves it through places, and lifts it where asked."""
    session = lab.page.context.new_cdp_session(lab.page)

    def send(kind, *place):
        points = [{"x": place[0], "y": place[1]}] if place else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        lab.page.wait_for_timeout(30)

    return send


def place(lab, name, share):
    """Return where on the page a share of a slider's track lies, the slider in the middle of the window."""
    track = lab.root.locator(f".ol-s-{name} .noUi-target")
    track.evaluate("node => node.scrollIntoView({block: 'center'})")
    lab.page.wait_for_timeout(400)
    box = track.bounding_box()
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def note(lab):
    return lab.page.locator(".ol-hand:popover-open")


def test_a_swipe_that_begins_on_a_track_scrolls_the_page_and_sets_nothing(lab, finger):
    x, y = place(lab, "testosterone", 0.9)
    before, top = lab.state()["boxes"], lab.root.bounding_box()["y"]
    finger("touchStart", x, y)
    for step in range(1, 11):
        finger("touchMove", x, y - 20 * step)
    finger("touchEnd")
    lab.page.wait_for_timeout(500)
    assert lab.settled()["boxes"] == before
    assert lab.root.bounding_box()["y"] < top - 100


def test_a_tap_on_a_track_moves_the_handle_there(lab, finger):
    before = lab.state()["boxes"]["testosterone"]
    x, y = place(lab, "testosterone", 0.9)
    finger("touchStart", x, y)
    finger("touchEnd")
    lab.page.wait_for_timeout(500)
    assert lab.settled()["boxes"]["testosterone"] != before


def test_the_sentence_stands_beside_the_hand_while_a_handle_is_held(lab, finger):
    place(lab, "igf1", 0.5)
    # The sentence lies above the sliders here; it is out of sight before the hand goes down.
    lab.root.locator(".ol-s-igf1").evaluate("node => node.scrollIntoView({block: 'start'})")
    lab.page.wait_for_timeout(400)
    box = lab.handle("igf1").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger("touchStart", x, y)
    assert note(lab).is_visible()
    first, held = note(lab).inner_text(), note(lab).bounding_box()
    for step in range(1, 9):
        finger("touchMove", x - 10 * step, y)
    lab.page.wait_for_timeout(800)
    assert note(lab).inner_text() != first
    assert note(lab).inner_text() == lab.root.locator(".ol-sentence").text_content()
    assert held["x"] >= 0 and held["x"] + held["width"] <= PHONE["width"]
    assert not held["y"] - 10 < y < held["y"] + held["height"] + 10
    finger("touchEnd")
    assert note(lab).count() == 0
    assert lab.notebook.watch.problems() == []


def test_the_sentence_stands_just_above_the_hand_and_leaves_the_slider_in_sight(lab, finger):
    place(lab, "testosterone", 0.5)
    box = lab.handle("testosterone").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger("touchStart", x, y)
    held, number = note(lab).bounding_box(), lab.box("testosterone").bounding_box()
    assert held["y"] >= 0 and held["y"] + held["height"] <= number["y"]
    assert y - held["y"] - held["height"] < 100
    finger("touchEnd")


def test_words_under_the_sliders_keep_off_each_other(lab):
    place(lab, "igf1", 0.5)
    key, undo = (lab.root.locator(part).bounding_box() for part in (".ol-key", ".ol-undo"))
    assert key["x"] + key["width"] <= undo["x"]
    words = "node => [node.scrollWidth, node.clientWidth]"
    needed, given = lab.root.locator(".ol-key").evaluate(words)
    assert needed <= given


def test_no_second_sentence_where_the_first_can_be_read(lab, finger):
    lab.notebook.resize(1366, 768)
    lab.show()
    box = lab.handle("igf1").bounding_box()
    finger("touchStart", box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert note(lab).count() == 0
    finger("touchEnd")
