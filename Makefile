# The few commands that a contributor needs. Each one sets up what it needs first; a second run takes no time.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests demo test lint format lock wheel clean distclean

ARGS ?=
OUT ?= demo

help: ## this list
	@echo "indelible: redacts images, examines the result and certifies what was shown, or refuses"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'
	@echo
	@echo "  make test ARGS='-k certify -n 0'    arguments for pytest"
	@echo "  make demo OUT=folder                where the demonstration goes"
	@echo "  make PYTHON=/path/to/python3.12 ... which Python makes .venv (3.11 to 3.13)"

setup: ## make .venv ready: system packages, locked packages, models
	@tools/setup.sh

setup-tests:
	@tools/setup.sh --tests

demo: setup ## certify three generated pictures and show the reports
	@.venv/bin/indelible demo -o $(OUT)

test: setup-tests ## run the tests
	@.venv/bin/pytest -n 2 $(ARGS)

lint: setup ## check style, types and import directions
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: setup ## let ruff format the code
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

# The lock must hold nothing that only one machine knows: no configuration file, no local folder of wheels.
lock: ## write requirements.lock again from pyproject.toml (Python 3.11)
	@tools/lock.sh

wheel: setup ## build dist/indelible-*.whl
	@rm -rf build # setuptools would put back what was deleted since
	.venv/bin/python -m build --no-isolation --wheel

clean: ## remove what builds, tests and the demonstration left
	rm -rf build dist *.egg-info demo out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean ## the same, and .venv
	rm -rf .venv
