"""The class report: one page about what a class did in one or more lessons."""
