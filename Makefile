# `make` alone lists the targets. Two matter to a newcomer: `make demo` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PORT ?= 8000
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN := .venv/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.9
export UV_PYTHON_DOWNLOADS := never
export SUTURE_TEST_DATA ?= $(abspath ../shared/data)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1 — \2/'

.venv/uv: ; @test -n "$(PYTHON)" || { echo "Suture needs Python 3.11, 3.12 or 3.13 on the PATH."; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/app: .venv/uv requirements/app.txt pyproject.toml ; @echo "Installing the pinned packages into .venv …" >&2
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/app.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --no-index -e .
	@touch $@

.venv/test: .venv/app requirements/test.txt
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/test.txt
	@touch $@

demo: .venv/app ## a working, populated page on 127.0.0.1:8000 (PORT= changes it)
	@SUTURE_HOME="$${SUTURE_HOME:-$(abspath .demo)}" $(BIN)/suture demo --port $(PORT)

test: .venv/test ## everything, on SQLite and on PostgreSQL, the browser included
	@bash tools/test.sh

deep: .venv/test ## the full sizes: long differential runs, the whole import, thirty kills
	@bash tools/test.sh deep

check: .venv/test ## lint, format, types, the staircase
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONPATH=src $(BIN)/lint-imports

bench: .venv/test ## every budget in one run: bench.json, bench.md
	@bash tools/bench.sh

accuracy: .venv/test ## labelled pairs scored, gates kept (DATA=../shared/data, SUTURE_HOME of ready knowledge: KNOWN=)
	@$(BIN)/python -m tools.accuracy "$(or $(DATA),$(SUTURE_TEST_DATA))" $(if $(KNOWN),--home "$(KNOWN)") $(if $(KEEP),--keep)

screenshots: .venv/test ## every page at 1440 px, into docs/screenshots
	@$(BIN)/python -m tools.screenshots

openapi: .venv/app ## write docs/reference/openapi.json
	@$(BIN)/python -m tools.openapi > docs/reference/openapi.json

lock: .venv/uv ## renew the hashed requirement files from pyproject.toml
	@$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --extra postgres --group build pyproject.toml -o requirements/app.txt
	@$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --extra postgres --group build --group test --group lint pyproject.toml -c requirements/app.txt -o requirements/test.txt

clean: ## remove what the other targets made (.venv, demo data, caches)
	@rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help demo test deep check bench accuracy screenshots openapi lock clean
