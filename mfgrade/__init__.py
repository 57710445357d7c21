"""mfgrade: the autograder that instructors run, and the tools that build what is handed out."""
