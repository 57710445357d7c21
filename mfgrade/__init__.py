"""mfgrade: the autograder that instructors run, and the tools that build what is handed out."""

import sys

# jsonschema, which nbformat imports, would build a grammar for IRIs as it is imported, and that takes a second. Notebooks
# hold no IRIs; with this entry jsonschema goes without.
sys.modules.setdefault("rfc3987_syntax", None)

__version__ = "0.1.0"
