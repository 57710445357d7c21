# Every target makes the environment in .venv by itself and reuses it.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help lab app book demo release solutions test bench clean
.PHONY: help env env-test lab app demo release solutions test bench clean

help:
	@echo "make lab        the lessons, in JupyterLab, as your own copies in my-work/"
	@echo "make app        the recommender as a web page: rate films, see what is recommended and why"
	@echo "make book       the solved lessons as a site to read, offline"
	@echo "make env        the environment alone, in .venv; make env-test with what the tests need"
	@echo "make demo       a simulated class handed in, graded and given feedback"
	@echo "make test       all tests"
	@echo "make bench      measurements beside peers"
	@echo "make release    the student notebooks, from source/"
	@echo "make solutions  the solved notebooks, executed, from source/"

.venv/course: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	$(BIN)/jupyter labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements
	touch $@

.venv/test: pyproject.toml .venv/course
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,book]"
	touch $@

env: .venv/course

env-test: .venv/test

lab: .venv/course
	$(BIN)/python -m mfcheck start my-work
	$(BIN)/jupyter lab --notebook-dir=my-work

app: .venv/course
	$(BIN)/python -m mfref.app

.venv/book-tools: pyproject.toml .venv/course
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[book]"
	touch $@

book: .venv/book-tools
	$(BIN)/python -m book.build

demo: .venv/course
	$(BIN)/python -m mfgrade demo

release: .venv/course
	$(BIN)/python -m mfgrade release

solutions: .venv/course
	$(BIN)/python -m mfgrade solutions

# Peers in an environment of their own, since not all agree with the course on pandas.
.venv/bench: pyproject.toml benchmarks/install_peers.py .venv/course
	test -x .venv/peers/bin/python || $(PYTHON) -m venv .venv/peers
	.venv/peers/bin/python -m benchmarks.install_peers
	touch $@

bench: .venv/test .venv/bench
	$(BIN)/python -m benchmarks.app
	$(BIN)/python -m benchmarks.checks
	$(BIN)/python -m benchmarks.grading
	$(BIN)/python -m benchmarks.lessons
	$(BIN)/python -m benchmarks.spark
	$(BIN)/python -m benchmarks.widgets
	.venv/peers/bin/python -m benchmarks.estimators

test: .venv/test
	$(BIN)/python -m pytest

clean:
	rm -rf .venv demo book/_build
