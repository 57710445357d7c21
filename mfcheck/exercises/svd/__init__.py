"""Lesson 09-svd: filling in, and why it loses."""
