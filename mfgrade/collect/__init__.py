"""Submissions out of what Canvas and Moodle let an instructor download, into submitted/.

nbgrader has `zip_collect` for this. It is not used here: it knows no roster, so that one regular expression has to make the
student's id out of a file's name, and who is missing is not said; it unpacks archives without limits and keeps no original; and
files that do not fit are skipped with a line in a log.
"""
