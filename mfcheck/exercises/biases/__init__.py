"""Lesson 04-biases: harsh critics and loved films."""
