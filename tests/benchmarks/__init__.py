"""Measuring the reports; nothing here is a test."""
