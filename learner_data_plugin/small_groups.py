"""Keeping small groups of learners out of pictures, so that nobody can work them out from what is shown either.

The reader is taken to know how many are enrolled, every answer that can be given, and these rules. So whether more has to be
hidden is decided by what such a reader sees of the outcome: then all courses that look the same are treated the same, and a
hidden group can have any of several sizes. It is not told apart from an empty one either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Protected:
    """What of a distribution can be shown.

    ``shown`` are the keys of groups that stand on their own, smallest first. ``together`` is the size of all others taken
    together, 0 if nothing is hidden. ``withheld`` says that nothing can be shown.
    """

    shown: tuple[str, ...] = ()
    together: int = 0
    withheld: bool = False


def least_size(minimum: int) -> int:
    """The size from which a group is shown, for a site's MIN_GROUP_SIZE.

    Two counts as three: the only group smaller than two is a single learner, so that hiding it would tell its size.
    """
    return 3 if minimum == 2 else minimum


def protect(counts: Mapping[str, int], *, minimum: int, most: int | None = None) -> Protected:
    """Decide which groups of learners, none of whom is in two, can be shown on their own.

    Groups below the minimum are taken together, and so are all but the ``most`` largest. Where that sum would still tell the
    size of a small group (with the number enrolled it can always be worked out), the next larger groups are hidden with them.
    """
    least = least_size(minimum)
    ordered = sorted(((count, key) for key, count in counts.items() if count > 0))
    small = [count for count, _ in ordered if count < least]
    large = ordered[len(small) :]
    surplus = 0 if most is None else max(0, len(large) - most)
    for hidden in range(surplus, len(large)):
        together = sum(small) + sum(count for count, _ in large[:hidden])
        view = _View(together, len(small), hidden, large[hidden][0], least)
        if not small or view.is_vague() or (hidden == surplus and view.is_vague_at_once()):
            return Protected(tuple(key for _, key in large[hidden:]), together)
    return Protected(withheld=True) if ordered else Protected()


@dataclass(frozen=True)
class _View:
    """What the reader knows of the hidden groups: their sum, how many are small and large, the smallest group shown."""

    together: int
    small: int
    large: int
    smallest_shown: int
    least: int

    @property
    def _ordinary(self) -> int:
        """Sums of the small groups from here on leave every one of them open, unless they are nearly as large as can be."""
        return max(self.least, 2 * self.small)

    @property
    def _nearly_full(self) -> int:
        return self.small * (self.least - 2)

    @property
    def _lowest(self) -> int:
        """The small groups have at least this sum: no hidden group is larger than one shown, nor as large by rights."""
        return max(self.small, self.together - self.large * (self.smallest_shown - 1))

    @property
    def _highest(self) -> int:
        return min(self.small * (self.least - 1), self.together - self.large * self.least)

    def is_vague_at_once(self) -> bool:
        """Whether the sum of the small groups may be an ordinary one."""
        return max(self._lowest, self._ordinary) <= min(self._highest, self._nearly_full)

    def is_vague(self) -> bool:
        """Whether hidden large groups leave enough sums of the small ones possible, also below the ordinary ones.

        The sum asked for grows with each large group. Were it the same for all, the reader would know from a group being
        hidden how little the others had come to.
        """
        if not self.large or self.together < self._ordinary + self.large * self.least:
            return False
        return self._ordinary - self._lowest >= max(2, self.least // 2)


def merge_neighbours(counts: Sequence[int], *, minimum: int) -> list[range]:
    """Cut a series into periods of at least the minimum each; returns the places that each period covers, in order.

    A period ends as soon as it is large enough, and what is left at the end goes to the last one. No period is returned where
    all of it is too little.
    """
    least = least_size(minimum)
    periods: list[range] = []
    start = total = 0
    for place, count in enumerate(counts):
        total += count
        if total >= least:
            periods.append(range(start, place + 1))
            start, total = place + 1, 0
    if periods:
        periods[-1] = range(periods[-1].start, len(counts))
    return periods


def is_telling(count: int, *, of: int, minimum: int) -> bool:
    """Whether a number of learners, or that of all the others, is too small to be shown; none at all counts as too small."""
    least = least_size(minimum)
    return least > 1 and (count < least or of - count < least)
