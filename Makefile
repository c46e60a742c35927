# make demo: a real town with simulated students, on this machine alone.
# make test, make check: what a change must pass. make bench: how fast it is.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
# As api/__init__.py says it for the program: a plugin of pytest loads numpy before that is read.
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: demo test test-browser test-rest test-postgres check bench lock lock-bench method screenshots pictures clean

demo: .venv/.runtime
	$(BIN)/barometer demo

test: test-browser test-rest

# Apart, so that a build can run both at once (make -j2 test).
test-browser: .venv/.dev
	$(BIN)/pytest -p no:cacheprovider tests/browser

test-rest: .venv/.dev
	$(BIN)/pytest --ignore=tests/browser

# What stores, on PostgreSQL with PostGIS as well. What is refused before anything is stored, drawn
# or printed from what was read, or asked of every endpoint in turn, is the same on both.
ON_ONE := access area_import bad_rides bodies cli convoys_release drawing foreign_sites headers kit \
	matching openapi shown_release small_numbers
test-postgres: .venv/.dev
	$(BIN)/pytest --postgres -q -p no:cacheprovider tests/api $(ON_ONE:%=--ignore=tests/api/test_%.py)

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	rm -rf .venv/check
	BAROMETER_DATA_DIR=.venv/check $(BIN)/barometer db upgrade
	BAROMETER_DATA_DIR=.venv/check $(BIN)/alembic check
	$(BIN)/pytest -q tests/web/test_translation.py tests/browser/test_foreign.py

# The peers live apart: mappymatch wants an older pandas, and pyvalhalla Python 3.12. Give extracts of
# other towns with BENCH_EXTRACTS="one.osm.pbf two.osm.pbf".
PEERS_PYTHON ?= $(firstword $(foreach python,python3.12 python3.13 \
	$(wildcard $(HOME)/.pyenv/versions/3.1[23]*/bin/python),$(shell $(python) -c 'print("$(python)")' 2>/dev/null)))
BENCH_EXTRACTS ?= ../shared/data/goteborg.osm.pbf
bench: .venv/.dev .venv/.peers
	PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_first_ride.py
	PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_lesson.py
	PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_junctions.py
	PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_perception.py
	PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_map.py
	PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_attack.py \
		data/samples/neubrandenburg.osm.pbf $(BENCH_EXTRACTS)
	PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_features.py
	PYTHONPATH=. $(BIN)/python tests/benchmarks/ranking/bench.py \
		data/samples/neubrandenburg.osm.pbf $(BENCH_EXTRACTS)
	PYTHONPATH=. $(BIN)/python tests/benchmarks/matching/bench.py \
		$$(test -x .venv/peers/bin/python && echo --peers .venv/peers/bin/python) \
		data/samples/neubrandenburg.osm.pbf $(BENCH_EXTRACTS)

.venv/.peers: .venv/.dev requirements-bench.lock
	@if [ -z "$(PEERS_PYTHON)" ]; then \
		echo "No Python 3.12: ours without peers. Otherwise: make bench PEERS_PYTHON=python3.12"; \
	else \
		$(PEERS_PYTHON) -m venv .venv/peers && .venv/peers/bin/pip install --quiet \
			--disable-pip-version-check --require-hashes -r requirements-bench.lock && touch $@; \
	fi

# docs/method.md with the numbers of the sample area, about a minute.
method: .venv/.dev
	$(BIN)/python -m scripts.method_page

screenshots: .venv/.dev
	$(BIN)/python scripts/screenshots.py

# docs/pages.md: every page at both widths.
pictures: .venv/.dev
	$(BIN)/python -m scripts.every_page

# The hashes pin what is installed; addresses are left to whoever installs.
LOCK := --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-annotate --no-header
EXTRAS := --extra build --extra postgres
lock: .venv/.dev
	$(PIP) pip-tools
	$(BIN)/pip-compile $(LOCK) $(EXTRAS) -o requirements.lock pyproject.toml
	$(BIN)/pip-compile $(LOCK) $(EXTRAS) --extra dev -o requirements-dev.lock pyproject.toml

lock-bench: .venv/.peers
	.venv/peers/bin/pip install --quiet pip-tools
	.venv/peers/bin/pip-compile $(LOCK) -o requirements-bench.lock tests/benchmarks/matching/peers/requirements.in

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
