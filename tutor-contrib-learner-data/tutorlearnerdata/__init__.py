"""Tutor plugin that installs and configures learner-data-plugin."""
