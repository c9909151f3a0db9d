# Everything stays in this folder: .venv holds the packages, .dvc/cache the built tables.
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/pip --quiet --disable-pip-version-check --no-cache-dir install

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export DVC_SITE_CACHE_DIR := $(CURDIR)/.dvc/tmp/site

.PHONY: all test check bench clean

all: $(VENV)/ready
	@dvc repro
	@python -m stages summary

test: $(VENV)/ready
	@python -m pytest

check: $(VENV)/ready
	@ruff format --check .
	@ruff check .
	@mypy

bench: $(VENV)/ready
	@python tests/bench.py

clean:
	rm -rf $(VENV) build dist tables/*.parquet tables/*.csv .cache .dvc/tmp .pytest_cache .mypy_cache .ruff_cache \
	  .hypothesis standoff.egg-info

# One pinned dependency of DVC is a source archive that needs setuptools to build, so setuptools comes first.
$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else \
	  "Standoff needs Python 3.11 to 3.13. Name one, for example: make PYTHON=python3.12")'
	@echo "Installing the packages of requirements.lock into $(VENV): once, some minutes"
	@$(PYTHON) -m venv --clear $(VENV)
	@awk '/^[a-z]/ {keep = /^setuptools==/} keep' requirements.lock > $(VENV)/setuptools.lock
	@$(PIP) --require-hashes --requirement $(VENV)/setuptools.lock
	@$(PIP) --require-hashes --no-build-isolation --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
