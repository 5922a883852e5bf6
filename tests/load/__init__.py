"""Many people at once: ``make load``."""
