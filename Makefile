# The doors into the project. Each command prepares .venv when it has to, then does its one thing.
#
# Only Python 3.11 or newer with its venv module is needed beforehand. Packages come from wherever
# this machine's pip is set up to find them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Extra words for the command that is run: make test ARGS="tests/index -x"
ARGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo serve evaluate check test format clean

help: ## show this list
	@echo "make demo runs Touchstone on sample listings; make test runs its tests. All of it:"
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 18

demo: $(VENV)/.stamp-run ## assess sample listings and write an HTML report; offline
	@$(BIN)/touchstone demo $(ARGS)

serve: $(VENV)/.stamp-run ## run the API on http://127.0.0.1:8000, its documentation at /docs
	@$(BIN)/touchstone serve $(ARGS)

evaluate: $(VENV)/.stamp-dev ## measure quality: make evaluate ARGS="SUITE --data FOLDER"
	@$(BIN)/touchstone evaluate $(ARGS)

test: $(VENV)/.stamp-dev ## run every test
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal -rs $(ARGS)

check: $(VENV)/.stamp-dev ## lint, format, types, who imports whom, documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest tests/test_docs.py tests/test_docker.py tests/test_code_budgets.py

format: $(VENV)/.stamp-dev ## put the code into its format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## delete .venv and every cache; var/ stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache
	find app index models scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is newer than pyproject.toml when what that file asks for is installed, so that a second
# run starts at once and a changed dependency is installed by the next command.
$(VENV)/.stamp-run: pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || \
		{ echo "There is no $(PYTHON) here; name a Python: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is $$("$(PYTHON)" -V 2>&1), Touchstone needs 3.11 or newer;" \
			"name another: make PYTHON=python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make virtual environments; Debian has that in python3-venv" >&2; \
			exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@echo "Installing into $(VENV); the first time takes some minutes."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.stamp-dev: $(VENV)/.stamp-run
	@echo "Installing what tests and checks need."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check \
		--editable '.[dev,evaluation,postgres,ray,s3,training]'
	@touch $@
