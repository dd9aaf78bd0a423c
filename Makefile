# The commands a person types; `make` alone lists them. Needs Python 3.11 or newer and make.
# ARGS passes arguments on:  make run ARGS="--port 8200"   make test ARGS="-k ledger"

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes \
	--python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two targets may want the same environment: one after the other, also under make -j.
.NOTPARALLEL:
.PHONY: help install dev run test check bench fmt lock clean

help: ## List these commands.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' \
		$(firstword $(MAKEFILE_LIST))

install: $(VENV)/installed-run ## Make .venv with what a run needs, from the locked list.
	@:

dev: $(VENV)/installed-dev ## The same, with what tests and checks need.
	@:

run: install ## Run a whole simulated city; it prints the page's address. Ctrl-C stops it.
	@$(BIN)/thoang run $(ARGS)

test: dev ## Run every test.
	@$(BIN)/python -m pytest $(ARGS)

check: dev ## Lint, formatting, types, import contracts, no secrets.
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || \
		{ echo "not formatted as agreed: make fmt"; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest --quiet tests/test_repository.py

bench: dev ## Measure speed and memory; takes minutes. One of them: ARGS=start
	@for script in tests/bench/bench_$(or $(ARGS),*).py; do \
		[ -f "$$script" ] || { echo "there is no $$script"; exit 1; }; \
		echo "$$script"; $(BIN)/python "$$script" || exit 1; \
	done

fmt: dev ## Format, and repair what ruff can.
	@$(BIN)/ruff check --quiet --fix --exit-zero .
	@$(BIN)/ruff format --quiet .

# setuptools builds the project itself: locked like everything that is installed.
lock: dev ## Resolve the dependencies of pyproject.toml again into requirements/ (newer ones: ARGS=--upgrade).
	@echo 'setuptools>=77' | $(COMPILE) --all-extras --group dev pyproject.toml - \
		--output-file requirements/dev.txt $(ARGS)
	@echo 'setuptools>=77' | $(COMPILE) --extra embedded pyproject.toml - \
		--constraints requirements/dev.txt --output-file requirements/run.txt $(ARGS)

clean: ## Delete .venv and what tools leave behind; data folders stay.
	@rm -rf $(VENV) *.egg-info build dist .hypothesis .*_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/pyvenv.cfg:
	@command -v $(PYTHON) > /dev/null || { \
		echo "there is no '$(PYTHON)': install Python 3.11 or newer," \
			"or name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "'$(PYTHON)' is $$($(PYTHON) --version 2>&1), wanted 3.11 or newer:" \
			"install it, or name another one: make PYTHON=python3.12 ..."; exit 1; }
	@echo "making $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu:" \
			"apt install python3-venv"; exit 1; }

$(VENV)/installed-run: requirements/run.txt pyproject.toml | $(VENV)/pyvenv.cfg
	@echo "installing what a run needs"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: requirements/dev.txt pyproject.toml | $(VENV)/pyvenv.cfg
	@echo "installing what tests and checks need"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/installed-run
