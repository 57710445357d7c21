"""Lesson 07-similarity: what did it learn."""
