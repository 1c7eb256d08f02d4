# Ivent: `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# An environment on AWS: a folder of terraform/envs.
ENV ?= dev
ARCH ?= x86_64
PORT ?= 8000
AWS_PORT ?= 4566
# The first Python on the path that is new enough.
SUPPORTED := 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	if $$python -c $(SUPPORTED) 2>/dev/null; then echo $$python; break; fi; done)
BIN := .venv/bin
SOURCES := ivent_site events subscriptions notifications tests manage.py
INSTALLED := .venv/installed
LOCKS := requirements.txt requirements-dev.txt
# One worker more than cores: the end-to-end tests wait a good deal. What takes a browser or
# Terraform has targets of its own.
TEST := $(BIN)/python -m pytest --numprocesses=3 --dist=loadgroup -m "not browser and not terraform"

.PHONY: help run test test-browser test-calendars coverage chaos bench check check-terraform format lock update-zones pictures package \
	deploy manage destroy test-deploy clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(INSTALLED) ## Run the whole system on this machine: PORT=8000 AWS_PORT=4566
	@PORT=$(PORT) AWS_PORT=$(AWS_PORT) exec $(BIN)/python manage.py runlocal

test: $(INSTALLED) ## Run the tests: ARGS="-k mail" picks some
	@$(TEST) $(ARGS)

coverage: $(INSTALLED) ## Run the tests, and say which lines none of them reaches (slower by half)
	@$(TEST) $(ARGS) --cov

test-browser: $(INSTALLED) ## Walk people's journeys in headless Chromium; look at every page with axe-core
	@$(BIN)/python -m pytest -m browser tests/e2e $(ARGS)

test-calendars: $(INSTALLED) ## Let calendar programs of Debian, npm and PyPI read what Ivent writes (docs/calendar-programs.md)
	@CHECK_CALENDARS=1 $(BIN)/python -m pytest -rs tests/calendars $(ARGS)

chaos: $(INSTALLED) ## Deliver while all fails, and count: N=10000 KILLS=50 THROTTLE=0.2 LOST_REPLIES=0.02
	@exec $(BIN)/python -m tests.chaos

bench: $(INSTALLED) ## Measure what an e-mail costs, beside two other ways, a cold start, large files: ARGS=--small
	@$(BIN)/python -m tests.benchmarks $(ARGS)
	@$(BIN)/python -m tests.benchmarks.starting $(ARGS)
	@$(BIN)/python -m tests.benchmarks.bulk $(ARGS)

check: $(INSTALLED) ## Lint, types, layers, Django's own checks, the API's description
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports --no-cache
	$(BIN)/python manage.py check
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null

check-terraform: $(INSTALLED) ## Test the modules and the plans; look at them with checkov, zizmor and the next provider
	@CHECK_TERRAFORM=1 $(BIN)/python -m pytest --numprocesses=2 --dist=loadgroup -rs tests/terraform

format: $(INSTALLED) ## Put the code into its one format
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

lock: $(INSTALLED) ## Pin the newest versions that requirements*.in allow, with hashes
	@for name in $(LOCKS:.txt=); do \
		$(BIN)/uv pip compile --upgrade --quiet --generate-hashes --universal --python-version 3.11 \
			--no-strip-extras --custom-compile-command "make lock" $$name.in --output-file $$name.txt; \
	done

# New rules change the hour of events: nothing else is upgraded with them, so that they can go out
# on the same day.
LOCK_ZONES := $(BIN)/uv pip compile --upgrade-package tzdata --quiet --generate-hashes --universal \
	--python-version 3.11 --no-strip-extras --custom-compile-command "make lock"

update-zones: $(INSTALLED) ## Take the newest time zone rules, and nothing else, into the lock files
	$(LOCK_ZONES) requirements.in --output-file requirements.txt
	$(LOCK_ZONES) requirements-dev.in --output-file requirements-dev.txt
	$(BIN)/uv pip install --quiet --no-deps --require-hashes -r requirements.txt
	$(BIN)/python manage.py zone_changes --write

pictures: $(INSTALLED) ## Take the pictures of the README anew, in headless Chromium
	IVENT_PICTURES=docs/images $(BIN)/python -m pytest --quiet tests/e2e/test_browser.py

package: $(INSTALLED) ## Build and check the Lambda package: ARCH=x86_64 or arm64
	@$(BIN)/python manage.py package --architecture $(ARCH)

deploy: $(INSTALLED) ## Deploy to AWS, or bring up to date: ENV=dev (docs/deploying.md)
	@$(BIN)/python manage.py deploy $(ENV) $(ARGS)

manage: $(INSTALLED) ## A command on what was deployed: ENV=dev ARGS="check_deployment dev"
	@set -a; . .local/deploy/$(ENV).env; set +a; exec $(BIN)/python manage.py $(ARGS)

destroy: ## Remove all of an environment from AWS, its data included: ENV=dev
	@terraform -chdir=$(or $(TERRAFORM_DIR),terraform)/envs/$(ENV) destroy $(ARGS)

test-deploy: $(INSTALLED) ## Deploy to a local AWS, drive what was deployed, destroy it (needs terraform)
	@$(BIN)/python -m pytest tests/deploy/end_to_end.py -p no:randomly -p no:cacheprovider --exitfirst \
		--verbose $(ARGS)

clean: ## Remove the environment, the local system's state and every cache
	@if [ -L .venv ]; then echo ".venv is a symbolic link: left as it is."; else rm -rf .venv; fi
	rm -rf .local .coverage htmlcov .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment's own pip, or else the one that Python keeps for new environments, run from its
# wheel: to install it first would take as long as everything else.
BUNDLED := 'import ensurepip, pathlib; print(*pathlib.Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))'
PIP = $$($(BIN)/python -m pip --version >/dev/null 2>&1 || echo env PYTHONPATH=$$($(BIN)/python -c $(BUNDLED))) \
	$(BIN)/python -m pip

# Installs exactly what the locks name and resolves nothing, so a newer release of any package
# changes nothing. pip only brings uv, by its hash in the lock; uv does the rest. uv does not read
# pip's configuration, so an index that pip is configured with is handed on.
$(INSTALLED): requirements.txt requirements-dev.txt
	@if [ -z "$(PYTHON)" ]; then echo "Ivent needs Python 3.11, 3.12 or 3.13 on the path."; exit 1; fi
	@if $(BIN)/python -c $(SUPPORTED) 2>/dev/null; then \
		echo "Updating .venv from the lock files ..."; \
	elif [ -L .venv ]; then \
		echo ".venv is a symbolic link to an environment without a supported Python."; \
		echo "Remove the link, or repair what it points to; make does not clear it."; exit 1; \
	else \
		echo "Creating .venv with $$($(PYTHON) --version) ..."; \
		$(PYTHON) -m venv --clear --without-pip .venv; \
	fi
	@awk '/^uv==/ {found=1} found {print} found && !/\\$$/ {exit}' requirements-dev.txt > .venv/uv.txt
	@version=$$(sed -n 's/^uv==\([^ ]*\).*/\1/p' .venv/uv.txt); \
	if [ "$$($(BIN)/uv --version 2>/dev/null | cut -d ' ' -f 2)" != "$$version" ]; then \
		echo "Installing uv $$version ..."; \
		$(PIP) install --quiet --disable-pip-version-check --no-deps --require-hashes \
			--requirement .venv/uv.txt || \
			{ echo "Python's ensurepip module is missing: on Debian, apt install python3-venv."; exit 1; }; \
	fi
	@echo "Installing $$(cat $(LOCKS) | sed -nE 's|^([A-Za-z0-9._-]+)(\[.*\])?==.*|\1|p' | sort -u | wc -l) locked packages ..."
	@index=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PIP) config get global.index-url 2>/dev/null || true)}}; \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX=$$index; fi; \
	if [ -L .venv ]; then \
		echo ".venv is a symbolic link: its packages are updated in place, and none is removed."; \
		how="install --no-deps $(LOCKS:%=--requirement %)"; \
	else \
		how="sync $(LOCKS)"; \
	fi; \
	$(BIN)/uv pip $$how --quiet --python $(BIN)/python --require-hashes \
		--build-constraints requirements.txt
	@$(BIN)/uv pip check --quiet --python $(BIN)/python
	@touch $@
