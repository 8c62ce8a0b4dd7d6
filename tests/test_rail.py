"""What a page reports of its handles: a hand, a rounding of its own, or the place it was built with."""

from threading import Thread

import pytest

from osteolab.lab import RemodelingLab
from osteolab.lab.card import rail


@pytest.fixture
def lab():
    return RemodelingLab("anna", sliders=("estradiol",))


@pytest.fixture
def row(lab):
    return lab.desk.frame.rows["estradiol"]


def test_a_rounding_of_the_page_moves_nothing(lab, row):
    lab.set(estradiol=115)
    row.slider.value = 114.99999999999999
    assert lab.settings()["estradiol"] == 115


def test_a_page_that_is_being_built_does_not_undo_a_change(lab, row):
    built_with = row.slider.value
    lab.set(estradiol=60)
    row.slider.value = built_with - 1e-15
    assert lab.settings()["estradiol"] == 60 and row.slider.value == 60


def test_a_hand_that_comes_back_to_that_place_is_heard(lab, row, monkeypatch):
    before = row.slider.value
    lab.set(estradiol=60)
    row.slider.value = 61.0
    row.slider.value = before
    assert lab.settings()["estradiol"] == before
    monkeypatch.setattr(rail, "BUILT", 0.0)
    late = RemodelingLab("anna", sliders=("estradiol",))
    late.set(estradiol=60)
    late.desk.frame.rows["estradiol"].slider.value = before
    assert late.settings()["estradiol"] == before


def waits_for_what_is_under_way(lab, hand):
    with lab.desk.frame:
        hand.start()
        hand.join(0.2)
        assert hand.is_alive() and "estradiol" not in lab.settings()["moved"]
    hand.join(10)
    return lab.settings()["estradiol"] == 80


def test_a_move_of_the_page_waits_for_a_change_that_is_under_way(lab, row):
    assert waits_for_what_is_under_way(lab, Thread(target=setattr, args=(row.slider, "value", 80.0)))


def test_a_change_in_a_cell_waits_for_a_move_of_the_page(lab):
    assert waits_for_what_is_under_way(lab, Thread(target=lab.set, kwargs={"estradiol": 80.0}))
