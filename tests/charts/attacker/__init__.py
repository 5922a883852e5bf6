"""Somebody who looks at the charts that are safe to share, to learn something about one learner; ``run`` prints how much."""
