"""Lesson 13-neural: a network in place of the dot product."""
