"""Lesson 12-time: tastes move, and so do the numbers."""
