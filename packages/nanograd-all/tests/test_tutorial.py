"""Every lesson has a question, and an exercise whose starting point fails its check and whose answer passes.

That what they show is what happens, ``test_documents.py`` tests.
"""

import re
from itertools import pairwise
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).parents[3] / "docs" / "tutorial"
if not TUTORIAL.is_dir():
    pytest.skip("not in a checkout", allow_module_level=True)

LESSONS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(TUTORIAL.glob("[0-9]*.rst"))}
INDEX = (TUTORIAL / "index.rst").read_text(encoding="utf-8")

FOLDED = re.compile(r"^\.\. admonition:: (.+)\n   :collapsible: closed\n\n((?:   .*\n|\n)+)", re.MULTILINE)
PASSED = re.compile(r"^check_\w+: .+ right|^check_causal: .+ nothing later|^9\.0 0\.0$", re.MULTILINE)


def test_there_are_ten_lessons_in_the_order_of_the_index():
    assert len(LESSONS) == 10
    assert re.findall(r"^   (\d\d_\w+)$", INDEX, re.MULTILINE) == list(LESSONS)
    assert re.findall(r":doc:`(\d\d_\w+)`", INDEX) == list(LESSONS)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_says_what_one_will_know(lesson):
    number, _, title = LESSONS[lesson].splitlines()[0].partition(". ")
    assert lesson.startswith(f"{int(number):02}_")
    assert title
    assert "\n**After this lesson you know** " in LESSONS[lesson]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_question_has_its_answer_folded_away(lesson):
    question = LESSONS[lesson].split("Predict, then run\n-----------------\n")[1]
    assert "?" in question.split(".. admonition:: Answer")[0]
    assert FOLDED.search(question)[1] == "Answer"


@pytest.mark.parametrize("lesson", LESSONS)
def test_an_exercise_begins_with_a_hint_and_ends_with_an_answer_that_passes(lesson):
    exercise = LESSONS[lesson].split("\nExercise: ")[1]
    before, answer = exercise[: exercise.index(".. admonition::")], FOLDED.search(exercise)
    assert re.search(r"^nanograd\.engine\.testing\.CheckFailedError: |TraceError: ", before, re.MULTILINE)
    assert re.search(r"^hint:     \S|TraceError: .* use where\(", before, re.MULTILINE)
    assert answer[1] == "A worked answer"
    assert PASSED.search(answer[2].replace("\n   ", "\n"))


@pytest.mark.parametrize(("lesson", "following"), list(pairwise(LESSONS)))
def test_a_lesson_leads_to_the_next(lesson, following):
    assert f"\nNext: :doc:`{following}`." in LESSONS[lesson]


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_drawing_says_in_words_what_it_shows(lesson):
    text = LESSONS[lesson]
    assert text.count(".. drawing::\n") == text.count(".. drawing::\n   :alt: ")
