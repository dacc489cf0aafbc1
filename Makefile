# The commands of Maillage. `make help` lists them; what they do is in scripts/ and config/.
.DEFAULT_GOAL := help
.PHONY: help run test test-full explore bench screenshots lint lock clean
PYTHON := .venv/bin/python
SIZE ?= 100000

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 14

run: ## serve Maillage on http://127.0.0.1:8000 (HOST=… PORT=…), installing and loading what is lacking
	@scripts/prepare run
	@$(PYTHON) scripts/run.py

test: ## run the test suite, browser included, on a throw-away database
	@scripts/prepare test
	@CHROMIUM=$${CHROMIUM:-/usr/bin/chromium-headless-shell} $(PYTHON) -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow"

test-full: ## run the slow tests: all of France, every page under axe, long property runs
	@scripts/prepare test
	@$(PYTHON) -m pytest -n 2 -m slow

explore: ## run the property tests, slow ones too, on examples that no run has seen
	@scripts/prepare test
	@$(PYTHON) -m pytest -n 2 -m hypothesis --hypothesis-profile=explore

bench: ## measure beside other servers, and write docs/benchmarks.md (SIZE=1000000 for the record)
	@scripts/prepare test
	@$(PYTHON) -m tests.benchmarks.first_visit --write
	@$(PYTHON) -m tests.benchmarks --size $(SIZE) --write
	@$(PYTHON) -m tests.benchmarks.diagnosis --size $(SIZE) --write
	@$(PYTHON) -m tests.benchmarks.importing --size $(SIZE) --write
	@$(PYTHON) -m tests.benchmarks.exporting --size 100000 --write
	@$(PYTHON) -m tests.benchmarks.printing --size $(SIZE) --write
	@if [ $(SIZE) -ge 1000000 ]; then \
		$(PYTHON) -m tests.benchmarks.load --size $(SIZE) --write && \
		$(PYTHON) -m tests.benchmarks.panning --size $(SIZE) --write; fi

screenshots: ## take the pictures of docs/screenshots
	@scripts/prepare test
	@$(PYTHON) -m tests.screenshots

lint: ## style, types, layers, templates, migrations, translations, lock files
	@scripts/prepare test
	@scripts/lint

lock: ## compile the lock files anew from pyproject.toml
	@scripts/lock

clean: ## remove .venv, the local database and every file that can be made again
	@scripts/clean
