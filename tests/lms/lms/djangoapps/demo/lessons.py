"""What the demo's courses teach: a lesson for each week, with a video and two problems. Both courses have the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from opaque_keys.edx.keys import CourseKey, UsageKey
from xmodule.capa_block import ProblemBlock

_Question = tuple[str, Sequence[str], int]
"""Question, choices, place of the right one."""

_LESSONS: tuple[tuple[str, _Question, _Question], ...] = (
    ("What data is",
     ("Which of these is a number that can be averaged?", ("A postcode", "A height", "A jersey number"), 1),
     ("Who is in a sample?", ("Everybody", "Those who were asked", "Nobody"), 1)),
    ("The middle of things",
     ("What is the median of 1, 2 and 9?", ("2", "4", "9"), 0),
     ("What is the mean of 1, 2 and 9?", ("2", "4", "12"), 1)),
    ("How far things spread",
     ("What is the range of 3, 5 and 11?", ("3", "8", "11"), 1),
     ("Which values have a standard deviation of 0?", ("1, 2, 3", "5, 5, 5", "0, 1, 0"), 1)),
    ("Pictures of numbers",
     ("Which chart shows how a number changes over time?", ("A line chart", "A pie chart", "A map"), 0),
     ("Where should the axis of a bar chart begin?", ("At the smallest value", "At 0", "Anywhere"), 1)),
    ("Chance",
     ("How likely is heads, twice in a row?", ("1/2", "1/3", "1/4"), 2),
     ("How likely is a six, with one die?", ("1/6", "1/5", "6"), 0)),
    ("The bell curve",
     ("How much lies within one standard deviation?", ("About half", "About two thirds", "About all"), 1),
     ("What is the middle of a bell curve?", ("Mean and median", "The mean alone", "Neither"), 0)),
    ("Samples",
     ("What makes an estimate more precise?", ("A larger sample", "A longer report", "A second guess"), 0),
     ("What does a biased sample need?", ("More of the same", "Another way of asking", "Decimals"), 1)),
    ("Confidence",
     ("What does a 95 % interval get wrong?", ("Nothing", "About 1 of 20", "About half"), 1),
     ("What happens to it as samples grow?", ("It gets narrower", "It gets wider", "It moves to 0"), 0)),
    ("Testing ideas",
     ("What does a small p value speak against?", ("The null hypothesis", "The author", "The data"), 0),
     ("What is a false alarm?", ("A type I error", "A type II error", "A p value"), 0)),
    ("Two numbers at once",
     ("Which correlation is the strongest?", ("0.2", "-0.9", "0.5"), 1),
     ("Does correlation show what causes what?", ("Yes", "No"), 1)),
    ("A line through points",
     ("What does the slope say?", ("Where the line begins", "How much y changes with x", "How many points"), 1),
     ("What is a residual?", ("What the line leaves over", "The longest line", "The mean of x"), 0)),
    ("Telling others",
     ("What belongs beside every number?", ("Its unit", "A picture", "A joke"), 0),
     ("Who should be able to repeat an analysis?", ("Nobody", "The author", "Anybody"), 2)),
)  # fmt: skip


@dataclass(frozen=True)
class Lesson:
    """A subsection; ``number`` counts from 1, and so does the chapter that it is alone in."""

    course_key: CourseKey
    number: int
    title: str
    video: UsageKey
    problems: tuple[ProblemBlock, ...]

    @property
    def chapter(self) -> str:
        return f"week_{self.number}"

    @property
    def section(self) -> str:
        return f"lesson_{self.number}"

    @property
    def location(self) -> UsageKey:
        return self.course_key.make_usage_key("sequential", self.section)

    @property
    def path(self) -> str:
        """Where learners see it, as in courses before the learning MFE."""
        return f"/courses/{self.course_key}/courseware/{self.chapter}/{self.section}/"


@cache
def lessons_of(course_key: CourseKey) -> tuple[Lesson, ...]:
    """The lessons of a course, one for each week."""
    return tuple(_lesson(course_key, number, *content) for number, content in enumerate(_LESSONS, 1))


def find_problem(key: UsageKey) -> ProblemBlock | None:
    """The problem with this key, if there is one."""
    for lesson in lessons_of(key.course_key):
        for problem in lesson.problems:
            if problem.location == key:
                return problem
    return None


def _lesson(course_key: CourseKey, number: int, title: str, *questions: _Question) -> Lesson:
    problems = tuple(
        ProblemBlock(course_key.make_usage_key("problem", f"problem_{number}_{place}"), *question)
        for place, question in enumerate(questions, 1)
    )
    return Lesson(course_key, number, title, course_key.make_usage_key("video", f"video_{number}"), problems)
