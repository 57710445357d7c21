"""The exercises: one folder a lesson, one file an exercise, named as the function that the student writes."""
