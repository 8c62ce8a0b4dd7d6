import pytest

from osteolab.errors import InputError
from osteolab.lab import lesson
from osteolab.lab.cards.quiz import Choice, Question, Quiz

WHY = Question("Why?", (Choice("this", feedback="Look again."), Choice("that", right=True, feedback="It follows.")))
HOW = Question("How?", (Choice("slowly", right=True, feedback="It takes months."), Choice("at once", feedback="No.")))


@pytest.fixture
def quiz():
    return Quiz([WHY, HOW])


def test_every_choice_answers_with_a_mark_a_word_and_its_own_text(quiz):
    assert quiz.choose("A") == "✕ Not yet. Look again."
    assert quiz.choose("b") == "✓ Right. It follows."
    assert quiz.choose(0) == "✕ Not yet. Look again."


def test_one_question_at_a_time_and_start_again(quiz):
    assert quiz.question is WHY
    quiz.next()
    assert quiz.question is HOW
    assert quiz.feedback == ""
    assert quiz._next.description == "Start again"
    quiz.choose("A")
    quiz.next()
    assert (quiz.current, quiz.score, quiz.answered) == (0, 0, 0)


def test_score_counts_answers_as_they_stand(quiz):
    quiz.choose("B")
    assert "1 of 1 right so far" in quiz._head.value
    quiz.choose("A")
    assert (quiz.score, quiz.answered) == (0, 1)


def test_a_click_in_the_page_does_what_choose_does(quiz):
    quiz._choices.index = 1
    assert quiz.feedback.startswith("✓ Right.")
    assert quiz.chrome.announce == quiz.feedback


def test_controls_have_names(quiz):
    assert quiz.chrome.group == "Why?"
    quiz.next()
    assert quiz.chrome.group == "How?"
    assert "Question 2 of 2" in quiz._head.value


@pytest.mark.parametrize("choice", ["C", "", 2, -1, None])
def test_a_choice_that_is_not_there_says_what_is_allowed(quiz, choice):
    with pytest.raises(InputError, match="A to B"):
        quiz.choose(choice)


def test_text_form_lists_questions_and_choices_but_no_answers(quiz):
    assert repr(quiz) == "Quiz, 2 questions\n1. Why?\n   A  this\n   B  that\n2. How?\n   A  slowly\n   B  at once"
    before = repr(quiz)
    quiz.choose("B")
    assert repr(quiz) == before
    assert quiz._repr_mimebundle_()["text/plain"] == before


def test_text_is_escaped():
    quiz = Quiz([Question("Is 1 < 2?", (Choice("yes & no", True, "<b>"), Choice("no")))])
    quiz.choose("A")
    assert "1 &lt; 2" in quiz._ask.value
    assert "&lt;b&gt;" in quiz._said.value


def test_a_quiz_without_questions_is_refused():
    with pytest.raises(InputError, match="no questions"):
        Quiz([])


def test_lessons_load():
    assert len(lesson("01").quiz().questions) == 3
