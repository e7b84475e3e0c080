# Everything begins with a Python environment, which is made from requirements.lock and kept until that changes.
BIN := .venv/bin
CHECKS := $(BIN)/ruff check --quiet . && $(BIN)/mypy
# REPORTS=FOLDER leaves what the tests said there, as JUnit, and what the quick ones covered.
JUNIT = $(if $(REPORTS),--junitxml=$(REPORTS)/$(1).xml)
COVERAGE = $(if $(REPORTS),--cov --cov-report=xml:$(REPORTS)/coverage.xml)
QUICK = $(BIN)/python -m pytest --numprocesses auto $(call JUNIT,quick) $(COVERAGE)
WITH_LAB = $(BIN)/python -m operations.with_lab
# Those with a lab of their own want to be alone; the others wait for cluster and engine more than they work, so two run at a time.
ON_LAB = $(WITH_LAB) $(BIN)/python -m pytest tests/integration

.DEFAULT_GOAL := help
.PHONY: help up down clean test test-unit pipeline lint bench lock venv

help:  ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

up: venv  ## Bring up tools, lab, backend and the stacks dev, staging and prod
	@$(BIN)/lockgate up

down: venv  ## Stop the lab; its data stays
	@$(BIN)/lockgate lab down

clean: venv  ## Remove the lab with its data, and the stacks' state
	@$(BIN)/lockgate clean --yes

test: venv  ## Run every check and every test; a lab is started where none runs, and stopped again
	@$(CHECKS)
	@$(QUICK) tests/unit tests/contract
	@$(ON_LAB) -m lab_destructive $(call JUNIT,own-lab)
	@$(ON_LAB) -m "not lab_destructive" --numprocesses 2 --dist loadgroup --verbose $(call JUNIT,integration)

test-unit: venv  ## Run the checks and the unit tests
	@$(CHECKS)
	@$(QUICK) tests/unit

pipeline: venv  ## Run the workflows of the sample service on the lab: from a push to a live release, and back
	@$(WITH_LAB) $(BIN)/lockgate pipeline --yes

lint: venv  ## Run ruff and mypy
	@$(CHECKS)

bench: venv  ## Measure releases, returns and updates on the lab
	@$(WITH_LAB) $(BIN)/python -m benchmarks

lock:  ## Resolve requirements.lock anew from pyproject.toml
	@scripts/utils/lock

venv:  ## Make the Python environment
	@scripts/utils/venv
