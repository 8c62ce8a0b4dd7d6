"""A lab with a task and a quiz, and a lab that asks for a prediction: by keyboard, and without barriers."""

from __future__ import annotations

import pytest
from harness import TRIAL_LAB, Lab, contradictions, fresh_lab

TASK = """
check = [{"read": "t_score", "op": ">=", "value": -1.5}]
Task(lab, 1, "Keep the spine above T −1.5 at 65.", ("estradiol", "t_score"), check, ["Raise it."], "Over 50.")
"""
QUIZ = """
from osteolab.lab.cards.quiz import Choice, Question
choices = [Choice("Builders are poisoned", False, "They are not."), Choice("Less to rebuild", True, "It is coupled.")]
Quiz([Question("Why does formation fall too?", choices), Question("And then?", choices)])
"""
VEILED = """
predict = Predict("Where is the spine at 65?", (PredictChoice("Higher", 0.95), PredictChoice("The same", 0.85)))
RemodelingLab("anna", sliders=("estradiol",), predict=predict, title="Prediction")
"""


# A prediction that an earlier test made would be taken up.
FORGET = """() => {
  for (const store of [localStorage, sessionStorage])
    for (const key of Object.keys(store)) if (key.startsWith("osteolab:")) store.removeItem(key);
}"""


@pytest.fixture(scope="module")
def notebook(opened, written):
    """Return a page that every test runs again."""
    page = opened(written("cards_page.ipynb", TRIAL_LAB, TASK, QUIZ, VEILED))
    page.close_side_panel()
    return page


@pytest.fixture
def lab(notebook):
    notebook.page.evaluate(FORGET)
    yield from fresh_lab(notebook)


def test_a_task_can_be_done_with_the_keyboard_alone(lab):
    card = lab.page.locator(".ol-task")
    check = card.get_by_role("button", name="Check")
    lab.handle("estradiol").focus()
    lab.press("Home")
    check.focus()
    lab.press("Enter")
    assert "Not yet." in card.inner_text()
    for words in ("Hint 1 of 1", "Show the solution"):
        lab.tab_to(card.get_by_role("button", name=words), 2)
        lab.press("Space")
    assert "Raise it." in card.inner_text() and "Over 50." in card.inner_text()
    lab.handle("estradiol").focus()
    lab.press("End")
    check.focus()
    lab.press("Space")
    assert "✓ Right." in card.inner_text()


def test_a_quiz_can_be_answered_with_the_keyboard_alone(lab):
    card = lab.page.locator(".ol-quiz")
    card.locator("input[type=radio]").first.focus()
    lab.press("Space")
    assert "Not yet." in card.inner_text()
    lab.press("ArrowDown")
    assert "✓ Right." in card.inner_text()
    lab.tab_to(card.get_by_role("button", name="Next question"), 2)
    lab.press("Enter")
    assert "Question 2 of 2" in card.inner_text() and "And then?" in card.inner_text()


def test_the_future_is_not_in_the_page_before_the_prediction_is_made(lab, shoot):
    veiled = Lab(lab.notebook, 1)
    assert veiled.veiled
    before = veiled.settled()
    assert max(before["curves"]["bmd"]["x"]) <= 52
    assert veiled.covered(52) == [True, True, True]
    assert veiled.root.locator(".ol-rail .noUi-target[disabled]").count() == 1
    shoot(lab.notebook, "veiled")
    assert veiled.button("Commit my prediction").is_disabled()
    veiled.root.locator("input[type=radio]").first.focus()
    chosen = veiled.press("Space")
    assert veiled.covered(52) == [True, True, True]
    assert all(chosen["paths"][name] for name in ("bmd", "resorption", "formation", "balance"))
    veiled.tab_to(veiled.button("Commit my prediction"), 2)
    state = veiled.press("Enter")
    assert state["sentence"].startswith("You said A, higher.")
    assert max(state["curves"]["bmd"]["x"]) == 80 and not veiled.veiled
    assert contradictions(state) == []


@pytest.mark.parametrize("place", [0, 1])
def test_every_choice_can_be_predicted_with_the_keyboard_alone(lab, place):
    veiled = Lab(lab.notebook, 1)
    radios = veiled.root.locator(".ol-choices input[type=radio]")
    veiled.settled()
    # A text cell that is being edited: JupyterLab then wants the focus back at every key.
    lab.page.evaluate("jupyterapp.commands.execute('notebook:enter-edit-mode').then(() => true)")
    lab.page.wait_for_function("() => document.activeElement.closest('.cm-editor')")
    radios.first.focus()
    lab.page.wait_for_function("() => document.activeElement.type === 'radio'")
    veiled.press("Space")
    veiled.press("ArrowDown", place)
    assert radios.nth(place).is_checked() and radios.nth(place).evaluate("node => node === document.activeElement")
    veiled.tab_to(veiled.button("Commit my prediction"), 1)
    state = veiled.press("Enter")
    assert state["sentence"].startswith(f"You said {'AB'[place]}, ")
    focused = "() => document.activeElement.closest('.ol-host')?.contains(document.querySelectorAll('.ol-after')[0])"
    lab.page.wait_for_function(f"({focused})()")
    assert lab.page.evaluate("document.activeElement.className") == "ol-sentence"
    assert veiled.root.locator(".ol-after details[open]").is_visible()


def test_no_violation_of_accessibility_rules_in_any_widget(lab, violations):
    found = violations(lab.notebook)
    lab.notebook.theme("Dark")
    lab.settled()
    found += violations(lab.notebook)
    lab.notebook.theme("Light")
    assert found == []
