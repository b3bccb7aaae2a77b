# A menu of tasks. Everything sets itself up in .venv first; `make run` and `make test` are all one needs to know.
PYTHON ?= python3
BIN := .venv/bin
CONFIG ?= config.yaml

.PHONY: help run demo test lint format types generated bench torture lock clean

help:           ## this list
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'

run: .venv/run $(CONFIG)          ## set up, then start the daemon (SQLite in ./data, alerts on this terminal)
	@exec $(BIN)/newsmonitor run --config $(CONFIG)

demo: .venv/run          ## the whole path on bundled sample feeds, offline, in a few seconds
	@$(BIN)/newsmonitor demo

test: .venv/dev .venv/synapse/ready          ## the whole test suite
	@.ci/install
	rm -rf .venv/cache
	XDG_CACHE_HOME=$(CURDIR)/.venv/cache $(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

lint: .venv/dev          ## ruff, mypy --strict, the import contract, the generated schemas
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/newsmonitor check --config config.example.yaml

format: .venv/dev          ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

generated: .venv/run          ## write anew what is made from the models and the rule pack
	$(BIN)/python -m monitor.config.schema schemas
	$(BIN)/python -m monitor.wordforms

bench: .venv/dev          ## every performance figure beside its peer's (DATA=directory with the corpora)
	$(BIN)/python -m benchmarks $(DATA)

torture: .venv/dev          ## the long campaigns: crashes, clocks, floods
	NEWSMONITOR_TORTURE=1 $(BIN)/python -m pytest -n 2 --timeout 3600 tests/torture tests/e2e/test_crash.py tests/e2e/test_reload.py tests/test_outage.py $(ARGS)

lock:           ## write constraints*.txt anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml --group build -o constraints.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml --group build --group dev -o constraints-dev.txt
	echo matrix-synapse | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url - -o tests/channels/ends/synapse.txt

# A Matrix homeserver for the tests, apart from us: it brings sixty packages of its own.
.venv/synapse/ready: tests/channels/ends/synapse.txt
	$(PYTHON) -m venv .venv/synapse
	.venv/synapse/bin/python -m pip install -q --require-hashes -r $<
	@touch $@

clean:           ## remove what make made (never data or config)
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis .coverage*

config.yaml:
	cp config.example.yaml config.yaml

.venv/run: constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "newsmonitor needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --require-hashes -r constraints.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/run constraints-dev.txt
	$(BIN)/python -m pip install -q --require-hashes -r constraints-dev.txt
	@touch $@
