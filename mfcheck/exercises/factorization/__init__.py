"""Lesson 02-factorization: a rating as a dot product."""
