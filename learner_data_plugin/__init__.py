"""Learner data for Open edX course teams: reports, a table, anonymized IDs and charts of who the learners are."""

__version__ = "1.0.0"
