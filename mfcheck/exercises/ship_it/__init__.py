"""Lesson 15-ship-it: a model as a file, training that stops in time, predictions that explain themselves."""
