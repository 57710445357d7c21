"""Lesson 01-rating-matrix: what is known, and what is not."""
