"""Lesson 05-evaluation: how good is it, honestly."""
