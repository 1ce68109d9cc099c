# Two commands: `make run` starts the product on demo data, `make test` runs every test.
# What each step made is noted in .venv/made/, so that nothing is made twice.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/made
STATIC := src/steckel/web/static
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests run test check format bench clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(MADE)/steckel $(STATIC)/workstation/index.html $(STATIC)/ohif/index.html ## set everything up

run: setup ## start the product on demo data
	@exec $(BIN)/steckel demo

test: setup setup-tests ## run every test
	@tools/run_tests.sh

check: setup-tests $(MADE)/node ## format, lint, types, import rules, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/unit/docs tests/unit/test_import_rules.py
	npm --prefix workstation run --silent check

format: setup-tests ## bring the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup setup-tests ## measure beside the peers, and print ratios
	$(BIN)/python -m bench
	$(BIN)/python -m bench.study_list

clean: ## remove everything that setup made
	rm -rf $(VENV) $(STATIC) workstation/node_modules workstation/tsconfig.tsbuildinfo

setup-tests: $(MADE)/tests

$(MADE)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Steckel needs Python 3.11 or newer; name it with: make PYTHON=python3.x'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo 'Python has no venv module; on Debian: apt-get install python3-venv'; exit 1; }
	@echo 'Python environment …'
	@$(PYTHON) -m venv --clear $(VENV)
	@mkdir -p $(MADE) && touch $@

$(MADE)/packages: requirements/demo.lock requirements/demo-data.lock | $(MADE)/venv
	@echo 'Python packages …'
	@$(PIP) -r requirements/demo.lock
	@$(PIP) -r requirements/demo-data.lock
	@touch $@

$(MADE)/steckel: pyproject.toml $(MADE)/packages
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation --editable .
	@touch $@

$(MADE)/tests: requirements/dev.lock $(MADE)/steckel
	@echo 'Python packages of the tests …'
	@$(PIP) -r requirements/dev.lock
	@touch $@

$(MADE)/node: workstation/package.json workstation/package-lock.json | $(MADE)/venv
	@command -v npm >/dev/null || { echo 'The front end needs Node 20 or newer with npm'; exit 1; }
	@echo 'Node packages …'
	@npm --prefix workstation ci --silent --no-audit --no-fund
	@touch $@

$(STATIC)/workstation/index.html: $(MADE)/node workstation/index.html workstation/vite.config.ts \
    workstation/tsconfig.json $(shell find workstation/src -type f)
	@echo 'Workstation …'
	@npm --prefix workstation run --silent build -- --logLevel error
	@touch $@

$(STATIC)/ohif/index.html: tools/vendor_ohif.py $(wildcard tools/ohif/*) | $(MADE)/venv
	@echo 'OHIF viewer …'
	@$(BIN)/python tools/vendor_ohif.py
	@touch $@
