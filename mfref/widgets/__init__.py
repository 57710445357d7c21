"""Pictures to play with, one module a lesson, driven by the student's own functions."""
