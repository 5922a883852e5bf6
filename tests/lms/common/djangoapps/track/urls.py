"""Addresses that browsers send events to."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [path("event", views.user_track)]
