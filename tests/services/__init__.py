"""Tests with real services and real worker processes: ``make test-services``."""
