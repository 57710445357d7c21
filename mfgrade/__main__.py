"""`python -m mfgrade` is `mfgrade`."""

from mfgrade.apps import main

if __name__ == "__main__":
    main()
