"""Running a submission where it can harm nothing: bubblewrap around a small runner, and the pipe between it and the grader."""
