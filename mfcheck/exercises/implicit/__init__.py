"""Lesson 10-implicit: counts instead of ratings."""
