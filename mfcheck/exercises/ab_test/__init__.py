"""Lesson 14-ab-test: ask the people."""
