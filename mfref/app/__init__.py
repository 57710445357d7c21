"""The recommender as a web page, served by Voilà: `python -m mfref.app`."""
