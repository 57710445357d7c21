"""Lesson 11-cold-start: somebody nobody knows yet."""
