"""mfgrade: the autograder that instructors run, and the tools that build what is handed out."""

__version__ = "0.1.0"
