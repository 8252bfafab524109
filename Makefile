# Ordermill. Two commands do everything: `make demo` and `make test`.
.DEFAULT_GOAL := help
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: help demo test check lint train strings screenshots setup setup-test lock clean

help: ## Explain the targets
	@echo "Ordermill: order intake, from the mailbox to the order-management core."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "First time here? 'make demo' installs what is missing, reads sample orders and serves the UI."

demo: setup ## Install what is missing, create the sample company, process its orders, serve the UI
	@$(BIN)/ordermill demo

test: setup-test lint ## Everything CI runs: lint, types, all tests, torture tests at a bounded size
	$(PYTEST) -m "not slow and not torture" -n 2 --durations 25
	$(PYTEST) -m "slow or torture" -n 2 --dist worksteal --timeout 900 --durations 25

check: lint ## The suite while working: lint, types and the unit tests (under 3 minutes); 'make test' runs the rest too
	$(PYTEST) tests/unit -m "not slow and not torture" -n 2

lint: ## Style, types and the rules between rooms
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

train: ## Train the word tagger, then the probabilities, on generated orders with fixed seeds; print figures (under 30 minutes)
	$(BIN)/python -m scripts.train
	$(BIN)/python -m scripts.calibrate

setup: ## Install what running needs (system packages and Python packages)
	@scripts/setup run

setup-test: ## Install what the tests need too (Dovecot, PostgreSQL, Chromium)
	@scripts/setup test

strings: ## Renew the catalogues of the screens' languages after a text was added or changed
	$(BIN)/python -m scripts.strings

screenshots: ## Draw every page in light and dark into docs/screenshots (then look at them)
	$(BIN)/python -m tests.support.screenshots

lock: ## Renew the locked requirements after a change in pyproject.toml (with the oldest Python we support)
	echo pip | $(BIN)/pip-compile -q --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links \
	    --no-emit-trusted-host --no-header --no-annotate -o requirements/pip.txt -
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links \
	    --no-emit-trusted-host --build-deps-for editable --no-header -o requirements/runtime.txt pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links \
	    --no-emit-trusted-host --build-deps-for editable --no-header --extra dev -c requirements/runtime.txt \
	    -o requirements/dev.txt pyproject.toml

clean: ## Remove what demo and tests made (not the virtual environment)
	rm -rf ordermill-data build .pytest_cache .mypy_cache .ruff_cache .hypothesis
