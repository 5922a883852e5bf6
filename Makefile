# Everything here uses .venv in this directory, and makes it when it is missing.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The Python that makes .venv.
VENV_PYTHON ?= $(firstword $(shell command -v python3.11 python3.12 2>/dev/null))
# The Python of the newest platform, for the versions that it alone has.
PYTHON_3_12 ?= python3.12
VENV := $(CURDIR)/.venv
BIN := $(VENV)/bin
RUN := $(BIN)/python

# Of the demo; DATABASE_URL and CELERY_BROKER_URL name real services to use in place of files.
PORT ?= 8000
DASHBOARD_PORT ?=
# A built site of micro-frontends, to be used in place of what stands for the new dashboard.
DASHBOARD_SITE ?=
LEARNERS ?= 5000
HOST ?= 127.0.0.1
export PORT DASHBOARD_PORT DASHBOARD_SITE LEARNERS HOST DATABASE_URL CELERY_BROKER_URL DEMO_DIRECTORY DEMO_PACE_SECONDS

# Of test-platform: a checkout of edx-platform, and the Python that it runs with.
EDX_PLATFORM ?=
PYTHON ?=

# Of fuzz: examples for each property.
EXAMPLES ?= 1000

# Of bench-million: learners, in case a million is more than this machine has time for.
MILLION ?= 1000000

# Of mutants: the rooms, modules and functions to break, such as "permissions privacy.erasure.*"; how many places of each room,
# drawn by lot, and the lot.
MUTANTS ?=
SAMPLE ?=
SEED ?=

# Of requirements: the lists to make.
LISTS ?= pip test-django42 test-django52 test-django52-py312 services quality docs mutants pip-tools tutor schemathesis

# Further words for what runs: pytest's (test, test-browser, test-services, test-platform, fuzz), or those of the program.
OPTIONS ?=

# What has been installed into .venv, as a file for each list of requirements.
INSTALLED := $(VENV)/installed
TEST_TOOLS := $(INSTALLED)/test
NODE_TOOLS := node_modules/.package-lock.json
PANEL := frontend-app-learner-data
PANEL_TOOLS := $(PANEL)/node_modules/.package-lock.json
COMPILE_OPTIONS := --quiet --upgrade --strip-extras --allow-unsafe --no-header --no-emit-index-url --no-emit-find-links \
	--annotation-style line --generate-hashes
COMPILE = $(BIN)/pip-compile $(COMPILE_OPTIONS)
PIP_COMPILE_3_12 := $(VENV)/python-3.12/bin/pip-compile
PIP_INSTALL = $(RUN) -m pip install --quiet --disable-pip-version-check
NODE_IS_THERE = node --eval 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null \
	|| { echo "Node.js 20.19 or later is needed, with npm." >&2; exit 1; }
DEMO_TOOLS := $(TEST_TOOLS) $(if $(filter mysql%,$(DATABASE_URL)),$(INSTALLED)/services)

.PHONY: help
help: ## Say what can be made
	@echo "make demo PORT=8000 LEARNERS=5000 runs a small LMS with the plugin. All that can be made:"
	@echo
	@awk -F ':.*## ' '/^[a-z_-]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: $(DEMO_TOOLS) ## Run the demo: web server and worker (PORT, DASHBOARD_PORT, LEARNERS, DATABASE_URL, CELERY_BROKER_URL)
	@$(RUN) tests/lms/run_demo.py

.PHONY: test
test: $(TEST_TOOLS) ## Run the tests
	$(RUN) -m pytest $(OPTIONS)

.PHONY: test-browser
test-browser: $(TEST_TOOLS) $(NODE_TOOLS) ## Run the tests in a browser (/usr/bin/chromium, or CHROMIUM) against a demo of their own
	$(RUN) -m pytest $(or $(OPTIONS),tests/browser)

.PHONY: test-api
test-api: $(TEST_TOOLS) ## Try every call of the REST API from its description against a demo of its own (EXAMPLES for each)
	EXAMPLES=$(if $(filter 1000,$(EXAMPLES)),25,$(EXAMPLES)) $(BIN)/tox run -q -e api

.PHONY: test-services
test-services: $(TEST_TOOLS) $(INSTALLED)/services ## Run the tests that need Redis and MariaDB
	$(RUN) tests/services/run.py $(OPTIONS)

.PHONY: test-platform
test-platform: $(TEST_TOOLS) ## Run the tests in a real edx-platform (EDX_PLATFORM=its checkout, PYTHON=its python)
	EDX_PLATFORM="$(EDX_PLATFORM)" PYTHON="$(PYTHON)" $(RUN) tests/platform/run.py $(OPTIONS)

.PHONY: record-contract
record-contract: $(TEST_TOOLS) ## Record anew what the plugin needs of a real edx-platform (EDX_PLATFORM, PYTHON)
	EDX_PLATFORM="$(EDX_PLATFORM)" PYTHON="$(PYTHON)" $(RUN) tests/platform/record_contract.py

.PHONY: bench
bench: $(TEST_TOOLS) $(INSTALLED)/services ## Measure everything, on MariaDB, Redis and SQLite (LEARNERS=1000: reports and pages of one size, quickly)
	$(RUN) -m tests.benchmarks.run $(if $(filter file,$(origin LEARNERS)),,--quick --learners $(LEARNERS)) $(OPTIONS)
	$(if $(OPTIONS)$(filter-out file,$(origin LEARNERS)),,$(RUN) -m tests.benchmarks.brought_files)
	@$(if $(OPTIONS)$(filter-out file,$(origin LEARNERS)),,env -u LEARNERS $(MAKE) bench-engagement bench-engagement-reports load load-courses)

.PHONY: bench-million
bench-million: $(TEST_TOOLS) $(INSTALLED)/services ## Measure the reports of a course of a million learners (MILLION)
	$(RUN) -m tests.benchmarks.run --learners $(MILLION) --repeats 1 $(OPTIONS)
	$(RUN) -m tests.benchmarks.run --learners $$(($(MILLION) / 100)) --learners $(MILLION) --repeats 1 --database mariadb --s3 $(OPTIONS)

.PHONY: bench-engagement
bench-engagement: $(TEST_TOOLS) $(INSTALLED)/services ## Measure recording and importing what learners do, on MariaDB (ROUNDS, LINES)
	$(RUN) tests/benchmarks/engagement.py $(OPTIONS)

.PHONY: bench-engagement-reports
bench-engagement-reports: $(TEST_TOOLS) $(INSTALLED)/services ## Measure engagement reports and the presets of learners, on MariaDB (LEARNERS, REPEATS)
	LEARNERS="$(if $(filter file,$(origin LEARNERS)),,$(LEARNERS))" $(RUN) tests/benchmarks/engagement_reports.py $(OPTIONS)

.PHONY: load
load: $(TEST_TOOLS) $(INSTALLED)/services ## Put a demo of its own on MariaDB and Redis under load for two minutes
	$(RUN) -m tests.load.run $(OPTIONS)

.PHONY: load-courses
load-courses: $(TEST_TOOLS) $(INSTALLED)/services ## Measure the reports of 200 courses on one, two and four workers, on MariaDB and Redis
	$(RUN) -m tests.load.many_courses $(OPTIONS)

.PHONY: fuzz
fuzz: $(TEST_TOOLS) ## Run the property tests with many examples (EXAMPLES, for each property)
	EXAMPLES=$(EXAMPLES) $(RUN) -m pytest -m fuzz $(OPTIONS)

.PHONY: attack
attack: $(TEST_TOOLS) ## Try to learn about single learners from charts that are safe to share (TRIALS, for each attack and size)
	PYTHONPATH=tests/lms:. DJANGO_SETTINGS_MODULE=lms.envs.test $(RUN) -m tests.charts.attacker.run

.PHONY: screenshots
screenshots: $(TEST_TOOLS) ## Take the pictures of the documentation in a browser
	$(RUN) -m tests.browser.screenshots $(OPTIONS)

.PHONY: test-js
test-js: ## Run the tests of the page's scripts (Node.js)
	@$(NODE_IS_THERE)
	node --test tests/js/*.test.mjs

.PHONY: test-panel
test-panel: $(PANEL_TOOLS) ## Check, test and build the native panel of the new instructor dashboard
	cd $(PANEL) && npm run --silent types && npm test && npm run --silent build

.PHONY: mutants
mutants: $(TEST_TOOLS) $(INSTALLED)/mutants ## Break the code in one place at a time and see whether a test notices (MUTANTS, SAMPLE, SEED)
	SAMPLE=$(SAMPLE) SEED=$(SEED) $(RUN) -m tests.mutants.run $(MUTANTS)

# The source of every translation, where Open edX looks for it (OEP-58).
.PHONY: extract_translations
extract_translations: $(TEST_TOOLS) ## Collect the English texts into learner_data_plugin/conf/locale/en
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keyword gettext_lazy --keyword pgettext_lazy:1c,2 \
	  --add-comments Translators: --add-location file --sort-by-file --output-file build/django.pot learner_data_plugin
	$(BIN)/pybabel --quiet update --domain django --input-file build/django.pot --output-dir learner_data_plugin/conf/locale \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 120

# In learner_data_plugin/locale, where Django looks by itself: a plugin cannot add its conf/locale to the platform's LOCALE_PATHS.
.PHONY: translations
translations: extract_translations ## The same, and bring the translations up to date and compile them
	$(BIN)/pybabel --quiet update --domain django --input-file build/django.pot --output-dir learner_data_plugin/locale \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 120
	$(BIN)/pybabel --quiet compile --domain django --directory learner_data_plugin/locale

.PHONY: lint
lint: $(TEST_TOOLS) $(INSTALLED)/quality $(NODE_TOOLS) ## Check style and words alone: what is quick enough to be done before each commit
	$(BIN)/ruff check .
	$(BIN)/codespell
	$(RUN) tests/words/check.py
	npx --no-install eslint .

.PHONY: quality
quality: lint test-js ## Check style, words, types, layers, scripts and annotations of personal data
	$(BIN)/mypy
	PYTHONPATH=tests/lms $(BIN)/lint-imports
	$(RUN) tests/lms/manage.py lms --settings test makemigrations --check --dry-run learner_data_plugin
	PYTHONPATH=tests/lms:. DJANGO_SETTINGS_MODULE=lms.envs.test $(BIN)/code_annotations django_find_annotations \
	  --config_file .pii_annotations.yml --lint --report --coverage
	$(BIN)/pre-commit validate-config

.PHONY: docs
docs: $(TEST_TOOLS) $(INSTALLED)/docs ## Build the documentation into docs/_build/html
	$(RUN) docs/_extensions/architecture.py
	$(BIN)/sphinx-build -W --keep-going docs docs/_build/html

.PHONY: changelog
changelog: $(TEST_TOOLS) $(INSTALLED)/quality ## Put the fragments of changelog.d into CHANGELOG.rst, under the package's version
	$(BIN)/scriv collect

.PHONY: requirements
requirements: $(LISTS:%=compile-%) ## Choose anew the versions in requirements/*.txt (LISTS)

compile-test-django%: $(INSTALLED)/pip-tools
	$(COMPILE) -c requirements/platform-django$*.in requirements/test.in setup.py -o requirements/test-django$*.txt

compile-test-django52-py312: $(PIP_COMPILE_3_12)
	$(PIP_COMPILE_3_12) $(COMPILE_OPTIONS) -c requirements/platform-django52.in requirements/test.in \
	  requirements/test-django52.in setup.py -o requirements/test-django52-py312.txt

compile-pip compile-tutor: compile-%: $(INSTALLED)/pip-tools
	$(COMPILE) requirements/$*.in -o requirements/$*.txt

compile-schemathesis: $(INSTALLED)/pip-tools | $(filter compile-test-django42,$(LISTS:%=compile-%))
	$(COMPILE) -c requirements/test-django42.txt requirements/schemathesis.in setup.py -o requirements/schemathesis.txt

# With another click than the platform's: the mutmut that can do with that one cannot do with our pytest.
compile-mutants: $(INSTALLED)/pip-tools | $(filter compile-test-django42,$(LISTS:%=compile-%))
	@mkdir -p build
	sed '/^click==/,/^[^ ]/{/^click==/d;/^ /d}' requirements/test-django42.txt > build/constraints.txt
	$(COMPILE) -c build/constraints.txt requirements/mutants.in -o requirements/mutants.txt

# After the list of the tests, with which they are installed.
compile-%: $(INSTALLED)/pip-tools | $(filter compile-test-django42,$(LISTS:%=compile-%))
	$(COMPILE) -c requirements/test-django42.txt requirements/$*.in -o requirements/$*.txt

.PHONY: clean
clean: ## Remove the demo's data, caches and what was built (not .venv and node_modules)
	rm -rf .demo build dist mutants docs/_build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage

$(RUN):
	@test -n "$(VENV_PYTHON)" || { echo "Python 3.11 is needed (or name one: make VENV_PYTHON=/path/to/python3.11 ...)" >&2; exit 1; }
	$(VENV_PYTHON) -m venv $(VENV)

$(INSTALLED)/pip: requirements/pip.txt | $(RUN)
	$(PIP_INSTALL) -r $<
	@mkdir -p $(@D) && touch $@

$(TEST_TOOLS): requirements/test-django42.txt setup.py | $(INSTALLED)/pip
	$(PIP_INSTALL) -r requirements/test-django42.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@mkdir -p $(@D) && touch $@

$(PIP_COMPILE_3_12): | $(RUN)
	$(PYTHON_3_12) -m venv $(VENV)/python-3.12
	$(VENV)/python-3.12/bin/python -m pip install --quiet --disable-pip-version-check pip-tools

$(INSTALLED)/%: requirements/%.txt | $(TEST_TOOLS)
	$(PIP_INSTALL) -r $<
	@mkdir -p $(@D) && touch $@

$(NODE_TOOLS): package.json package-lock.json
	@$(NODE_IS_THERE)
	npm ci --ignore-scripts --silent && touch $@

$(PANEL_TOOLS): $(PANEL)/package.json $(PANEL)/package-lock.json
	@$(NODE_IS_THERE)
	cd $(PANEL) && npm ci --ignore-scripts --silent
	touch $@
