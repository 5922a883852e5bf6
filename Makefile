# Everything here uses .venv in this directory, and makes it when it is missing.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The Python that makes .venv.
VENV_PYTHON ?= $(firstword $(shell command -v python3.11 python3.12 2>/dev/null))
VENV := $(CURDIR)/.venv
BIN := $(VENV)/bin
RUN := $(BIN)/python

# Of the demo; DATABASE_URL and CELERY_BROKER_URL name real services to use in place of files.
PORT ?= 8000
LEARNERS ?= 5000
HOST ?= 127.0.0.1
export PORT LEARNERS HOST DATABASE_URL CELERY_BROKER_URL DEMO_DIRECTORY DEMO_PACE_SECONDS

# Of test-platform: a checkout of edx-platform, and the Python that it runs with.
EDX_PLATFORM ?=
PYTHON ?=

# Of fuzz: examples for each property.
EXAMPLES ?= 1000

# What has been installed into .venv, as a file for each list of requirements.
INSTALLED := $(VENV)/installed
TEST_TOOLS := $(INSTALLED)/test
COMPILE = $(BIN)/pip-compile --quiet --upgrade --strip-extras --allow-unsafe --no-header --no-emit-index-url --no-emit-find-links \
	--annotation-style line
DEMO_TOOLS := $(TEST_TOOLS) $(if $(filter mysql%,$(DATABASE_URL)),$(INSTALLED)/services)

.PHONY: help
help: ## Say what can be made
	@echo "make demo PORT=8000 LEARNERS=5000 runs a small LMS with the plugin. All that can be made:"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: $(DEMO_TOOLS) ## Run the demo: web server and worker (PORT, LEARNERS, DATABASE_URL, CELERY_BROKER_URL)
	@$(RUN) tests/lms/run_demo.py

.PHONY: test
test: $(TEST_TOOLS) ## Run the tests
	$(RUN) -m pytest

.PHONY: test-browser
test-browser: $(TEST_TOOLS) ## Run the tests in a browser (/usr/bin/chromium, or CHROMIUM) against a demo of their own
	$(RUN) -m pytest tests/browser

.PHONY: test-services
test-services: $(TEST_TOOLS) $(INSTALLED)/services ## Run the tests that need Redis and MariaDB
	$(RUN) tests/services/run.py

.PHONY: test-platform
test-platform: $(TEST_TOOLS) ## Run the tests in a real edx-platform (EDX_PLATFORM=its checkout, PYTHON=its python)
	EDX_PLATFORM="$(EDX_PLATFORM)" PYTHON="$(PYTHON)" $(RUN) tests/platform/run.py

.PHONY: record-contract
record-contract: $(TEST_TOOLS) ## Record anew what the plugin needs of a real edx-platform (EDX_PLATFORM, PYTHON)
	EDX_PLATFORM="$(EDX_PLATFORM)" PYTHON="$(PYTHON)" $(RUN) tests/platform/record_contract.py

.PHONY: bench
bench: $(TEST_TOOLS) ## Measure reports of growing courses
	$(RUN) tests/benchmarks/run.py

.PHONY: bench-million
bench-million: $(TEST_TOOLS) ## Measure the reports of a course of a million learners
	$(RUN) tests/benchmarks/run.py --learners 1000000 --repeats 1
	$(RUN) tests/benchmarks/run.py --learners 10000 --learners 1000000 --repeats 1 --database mariadb --s3

.PHONY: load
load: $(TEST_TOOLS) $(INSTALLED)/services ## Put a demo of its own on MariaDB and Redis under load for two minutes
	$(RUN) tests/load/run.py

.PHONY: fuzz
fuzz: $(TEST_TOOLS) ## Run the property tests with many examples (EXAMPLES, for each property)
	EXAMPLES=$(EXAMPLES) $(RUN) -m pytest -m fuzz

.PHONY: screenshots
screenshots: $(TEST_TOOLS) ## Take the pictures of the documentation in a browser
	$(RUN) -m tests.browser.screenshots

# In learner_data_plugin/locale, where Django looks by itself: a plugin cannot add its conf/locale to the platform's LOCALE_PATHS.
.PHONY: translations
translations: $(TEST_TOOLS) ## Collect the texts to translate, bring the catalogs up to date and compile them
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keyword gettext_lazy --keyword pgettext_lazy:1c,2 \
	  --add-comments Translators: --add-location file --sort-by-file --output-file build/django.pot learner_data_plugin
	$(BIN)/pybabel --quiet update --domain django --input-file build/django.pot --output-dir learner_data_plugin/locale \
	  --no-fuzzy-matching --ignore-obsolete --width 120
	$(BIN)/pybabel --quiet compile --domain django --directory learner_data_plugin/locale

.PHONY: quality
quality: $(TEST_TOOLS) $(INSTALLED)/quality ## Check style, types, layers and annotations of personal data
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=tests/lms $(BIN)/lint-imports
	$(RUN) tests/lms/manage.py lms --settings test makemigrations --check --dry-run learner_data_plugin
	PYTHONPATH=tests/lms:. DJANGO_SETTINGS_MODULE=lms.envs.test $(BIN)/code_annotations django_find_annotations \
	  --config_file .pii_annotations.yml --lint --report --coverage

.PHONY: docs
docs: $(TEST_TOOLS) $(INSTALLED)/docs ## Build the documentation into docs/_build/html
	$(BIN)/sphinx-build -W --keep-going docs docs/_build/html

.PHONY: requirements
requirements: $(INSTALLED)/pip-tools ## Choose anew the versions in requirements/*.txt
	$(COMPILE) -c requirements/platform-django42.in requirements/test.in setup.py -o requirements/test-django42.txt
	$(COMPILE) -c requirements/platform-django52.in requirements/test.in setup.py -o requirements/test-django52.txt
	$(COMPILE) -c requirements/test-django42.txt requirements/services.in -o requirements/services.txt
	$(COMPILE) -c requirements/test-django42.txt requirements/quality.in -o requirements/quality.txt
	$(COMPILE) -c requirements/test-django42.txt requirements/docs.in -o requirements/docs.txt
	$(COMPILE) requirements/tutor.in -o requirements/tutor.txt

.PHONY: clean
clean: ## Remove the demo's data, caches and what was built (not .venv)
	rm -rf .demo build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage

$(RUN):
	@test -n "$(VENV_PYTHON)" || { echo "Python 3.11 is needed (or name one: make VENV_PYTHON=/path/to/python3.11 ...)" >&2; exit 1; }
	$(VENV_PYTHON) -m venv $(VENV)

$(TEST_TOOLS): requirements/test-django42.txt setup.py | $(RUN)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements/test-django42.txt -e .
	@mkdir -p $(@D) && touch $@

$(INSTALLED)/pip-tools: | $(RUN)
	$(RUN) -m pip install --quiet --disable-pip-version-check pip-tools
	@mkdir -p $(@D) && touch $@

$(INSTALLED)/%: requirements/%.txt | $(TEST_TOOLS)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r $<
	@mkdir -p $(@D) && touch $@
