# make demo: a real town with simulated students, on this machine alone.
# make test, make check: what a change must pass. make bench: how fast it is.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: demo test check bench lock screenshots clean

demo: .venv/.runtime
	$(BIN)/barometer demo

test: .venv/.dev
	$(BIN)/pytest

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	rm -rf .venv/check
	BAROMETER_DATA_DIR=.venv/check $(BIN)/barometer db upgrade
	BAROMETER_DATA_DIR=.venv/check $(BIN)/alembic check
	$(BIN)/pytest -q tests/web/test_translation.py tests/browser/test_foreign.py

bench: .venv/.dev
	PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_first_ride.py

screenshots: .venv/.dev
	$(BIN)/python scripts/screenshots.py

# The hashes pin what is installed; addresses are left to whoever installs.
LOCK := --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-annotate --no-header \
	--extra build --extra postgres
lock: .venv/.dev
	$(PIP) pip-tools
	$(BIN)/pip-compile $(LOCK) -o requirements.lock pyproject.toml
	$(BIN)/pip-compile $(LOCK) --extra dev -o requirements-dev.lock pyproject.toml

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
		"Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv

# What the build hook reads decides when the program is installed anew.
.venv/.runtime: .venv/bin/pip requirements.lock pyproject.toml hatch_build.py web/package-lock.json
	@echo "Installing the program (about a minute) …"
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv web/static/vendor data/areas data/keys data/barometer.db*
