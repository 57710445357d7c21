"""Lesson 06-recommendation: what to show."""
