"""What the demo tells whoever started it. Usable without Django."""

from __future__ import annotations

SMALL = "course-v1:DemoX+Small+2026"
LARGE = "course-v1:DemoX+Large+2026"
OTHER = "course-v1:OtherX+Elsewhere+2026"

PASSWORD = "edx"
ACCOUNTS = {
    "admin": "global staff",
    "instructor": "Admin of both courses",
    "staff": "Staff of both courses",
    "researcher": "data researcher of both courses",
    "outsider": "Staff of another course",
    "learner": "a learner without any role",
}
"""The accounts that people sign in with, and who they are."""


def welcome(address: str, dashboard_address: str, directory: str) -> str:
    """The text with addresses and accounts."""
    lines = ["", f"The demo is running at {address}/", ""]
    for name, key in (("Small course", SMALL), ("Large course", LARGE)):
        lines += [
            f"  {name}, instructor dashboard   {address}/courses/{key}/instructor#view-learner_data",
            f"  {name}, the new dashboard      {dashboard_address}/{key}/learner_data",
            f"  {name}, page of its own        {address}/learner_data/courses/{key}/",
            f"  {name}, as a learner           {address}/courses/{key}/course/",
        ]
    lines += ["", f"Sign in at {address}/login; the password of every account is {PASSWORD}:", ""]
    lines += [f"  {username:<12} {description}" for username, description in ACCOUNTS.items()]
    lines += ["", f"Logs: {directory}/web.log and {directory}/worker.log. Ctrl-C stops web server and worker.", ""]
    return "\n".join(lines)
