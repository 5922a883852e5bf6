"""Tests of the plugin; the same on the stand-in LMS and inside a real platform."""
