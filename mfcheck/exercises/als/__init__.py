"""Lesson 08-als: one side at a time."""
