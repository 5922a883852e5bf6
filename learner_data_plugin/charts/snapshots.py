"""When the charts that are safe to share may show newer numbers.

Whoever compares two of their states learns something about each learner who joined or left between. So a new state comes only
after as many have joined or left as a group needs to be shown, and not twice within a day. Each learner counts once for joining
and once for leaving, ever: accounts that come and go renew nothing, so nobody gets as many states as they like, to average the
noise away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

AT_MOST_EVERY = timedelta(days=1)
MOST_NOISE = 3


@dataclass(frozen=True)
class Snapshot:
    """How much noise a state of the shareable numbers has, and who was enrolled when it was taken.

    ``last_enrollment`` is the highest id of an enrollment then. ``remaining`` is how many of those up to it were enrolled,
    without those who had left before and come back: they cannot leave once more.
    """

    taken: datetime | None
    noise: int
    last_enrollment: int
    remaining: int


@dataclass(frozen=True)
class Membership:
    """How many are enrolled now up to a snapshot's last enrollment and after it, and the highest id of an enrollment."""

    earlier: int
    newer: int
    last_enrollment: int


def noise_for(minimum: int) -> int:
    """Return by how much each number is changed at most: less than a group needs to be shown, so that nobody never shows."""
    return min(MOST_NOISE, minimum - 1)


def next_snapshot(last: Snapshot, now: Membership, *, moment: datetime, minimum: int) -> Snapshot | None:
    """Return the snapshot to take; None if the last one has to stay.

    It does not stay where the operator has asked for more noise since.
    """
    remaining = min(last.remaining, now.earlier)
    if last.taken is not None and noise_for(minimum) <= last.noise:
        changes = now.newer + last.remaining - remaining
        if changes < minimum or moment - last.taken < AT_MOST_EVERY:
            return None
    return Snapshot(moment, noise_for(minimum), max(last.last_enrollment, now.last_enrollment), remaining + now.newer)
