"""Lesson 03-sgd: one rating at a time."""
