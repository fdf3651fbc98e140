# Two commands do everything: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check install -qq --constraint requirements.lock
ACCORD_HOME ?= ./var
SERVE ?= 1
export ACCORD_HOME

.PHONY: demo test check clean

## demo: walk one delivery of music to paid statements and verifiable creations, then serve the result
demo: $(VENV)/.demo
	@$(BIN)/accord demo $(if $(filter 0,$(SERVE)),--no-serve,)

## test: every check and test; what needs PostgreSQL, Java or Chromium runs where they are
test: $(VENV)/.test
	@$(BIN)/python -m tests.all

## check: formatting, types and the import law only (fast)
check: $(VENV)/.test
	@$(BIN)/python -m tests.all --checks

$(VENV)/bin/python:
	@echo "making the environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "accord needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml requirements.lock | $(VENV)/bin/python
	@echo "installing the locked dependencies (a few minutes the first time)"
	@$(PIP) --editable '.[demo,lab]'
	@touch $@

$(VENV)/.test: pyproject.toml requirements.lock | $(VENV)/bin/python
	@echo "installing the locked dependencies, those of the tests too"
	@$(PIP) --editable '.[demo,lab,outside,spark,test]'
	@touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) var
