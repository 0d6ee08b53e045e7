# The project's commands. Each needs nothing but make itself on a fresh Debian or Ubuntu.

VENV := .venv
BIN := $(VENV)/bin

# Real programs that the tests start on 127.0.0.1, and what they make bridges with.
TEST_PACKAGES := openssh-server iproute2 docker-registry mmdebstrap strace prometheus chromium

# Attacks on files, rosters and runs; then on what is built and started, and from servers that we ask.
HOSTILE := tests/hostile $(wildcard tests/*/test_hostile*.py tests/*/*/test_hostile*.py)
# And where attacks stand among the usual tests: on files and git, and on what grading and the gate take in.
HOSTILE += tests/cohort/test_graded.py tests/gate/test_action.py tests/gate/test_comment.py \
	tests/gate/test_workflow_commands.py tests/grading/export tests/grading/gradebook tests/grading/test_bundle.py \
	tests/grading/test_graded.py tests/grading/test_merge.py tests/grading/test_shard.py tests/plugin/test_output_files.py \
	tests/report tests/roster tests/submission/files tests/test_course.py

.PHONY: demo dev test lint messages site mutants hostile benchmarks clean

demo: $(VENV)/ready  ## check the example homework
	scripts/with-engine $(BIN)/dockerlab check examples/reddit --hw 14 --hw 15 --hw 16 --hw 17 --hw 19 --hw 21

dev: $(VENV)/ready  ## set up for work, and run nothing
	@echo "Ready: . $(BIN)/activate"

test: $(VENV)/ready  ## run every test
	scripts/install-packages $(TEST_PACKAGES) || echo "Tests that need them are skipped." >&2
	scripts/with-engine env PYTHON=$(CURDIR)/$(BIN)/python scripts/with-test-images --early $(BIN)/tox run $(TOXARGS)

lint: $(VENV)/ready  ## style, types, translations, imports, changelog, workflows
	$(BIN)/tox run -e $@

messages: $(VENV)/ready  ## bring the message catalogues up to date, and compile them
	$(BIN)/python scripts/messages.py

site: $(VENV)/ready  ## build the documentation site in build/site
	$(BIN)/python scripts/site.py build

mutants: $(VENV)/ready  ## plant faults into the example, and print which are found
	$(BIN)/python -m tests.mutants

hostile: $(VENV)/ready  ## try every attack that we know, and print which broke a promise
	scripts/install-packages $(TEST_PACKAGES)
	scripts/with-engine env PYTHON=$(CURDIR)/$(BIN)/python DOCKERLAB_TEST_NEEDS=all DOCKERLAB_HOSTILE=all \
		scripts/with-test-images $(BIN)/python -m pytest -q -n 2 $(HOSTILE) $(ARGS)

benchmarks: $(VENV)/ready  ## print the ratios
	scripts/with-engine $(BIN)/python -m benchmarks

$(VENV)/ready: pyproject.toml setup.py scripts/prepare scripts/install-packages
	scripts/prepare $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[tools,dev,hq]'
	touch $@

clean:  ## remove what is made here
	rm -rf $(VENV) build dist .tox *.egg-info pytest_dockerlab/locale/*/LC_MESSAGES/*.mo .mypy_cache .ruff_cache .pytest_cache
