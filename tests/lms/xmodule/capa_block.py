"""A problem with one question: what the platform keeps of a learner's answers to it, and what its event says of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opaque_keys.edx.keys import UsageKey

State = dict[str, Any]


@dataclass(frozen=True)
class ProblemBlock:
    """A question with choices, of which one is right."""

    location: UsageKey
    question: str
    choices: Sequence[str]
    right: int

    @property
    def input_id(self) -> str:
        """What the field of the answer is called, behind ``input_`` in forms."""
        return f"{self.location.block_id}_2_1"

    @property
    def right_answer(self) -> str:
        return f"choice_{self.right}"

    @property
    def wrong_answers(self) -> list[str]:
        return [f"choice_{place}" for place in range(len(self.choices)) if place != self.right]

    def submit_problem(self, state: State, answer: str, moment: datetime) -> tuple[State, dict[str, Any]]:
        """Return a learner's state after an answer, and the data of the event ``problem_check``."""
        is_right = answer == self.right_answer
        word, attempts = "correct" if is_right else "incorrect", state.get("attempts", 0) + 1
        of_input = {"correctness": word, "npoints": None, "msg": "", "hint": "", "hintmode": None, "queuestate": None}
        answers, correct_map = {self.input_id: answer}, {self.input_id: of_input}
        after = {
            "seed": 1,
            "done": True,
            "attempts": attempts,
            "last_submission_time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "student_answers": answers,
            "correct_map": correct_map,
            "input_state": {self.input_id: {}},
            "score": {"raw_earned": int(is_right), "raw_possible": 1},
        }
        event = {
            "state": {key: state.get(key) for key in ("seed", "done", "student_answers", "correct_map", "input_state")},
            "problem_id": str(self.location),
            "answers": answers,
            "correct_map": correct_map,
            "grade": int(is_right),
            "max_grade": 1,
            "success": word,
            "attempts": attempts,
            "submission": {
                self.input_id: {
                    "question": self.question,
                    "answer": self._text(answer),
                    "response_type": "multiplechoiceresponse",
                    "input_type": "choicegroup",
                    "correct": is_right,
                    "variant": "",
                }
            },
        }
        return after, event

    def _text(self, answer: str) -> str:
        place = answer.removeprefix("choice_")
        return self.choices[int(place)] if place.isdecimal() and int(place) < len(self.choices) else answer
