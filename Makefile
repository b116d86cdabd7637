# Proxeny: everything a person or a machine does with this tree. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA := $(shell find data tools/build_hook.py src/proxeny/terms src/proxeny/instrument src/proxeny/identify/lexicon.py src/proxeny/identify/words.py -type f -not -name '*.pyc' 2>/dev/null)
STAMP := $(VENV)/.ready
DEV := $(VENV)/.dev
COMPILED := src/proxeny/compiled/.made

.PHONY: help setup demo test test-spark check bench fuzz docs compile clean

help:
	@echo "make demo    set everything up and identify the example reports"
	@echo "make test    set everything up and run the tests"
	@echo "make test-spark  the same bytes by a real Spark (needs Java 17 or later)"
	@echo "make check   ruff, mypy --strict, import-linter, the terminology's checks"
	@echo "make bench   measure beside the named peers; writes docs/benchmarks.md"
	@echo "make fuzz    a bounded run of the fuzzer on every reader"
	@echo "make docs    write the reference that is generated from the code"
	@echo "make setup   only set up .venv"

setup: $(STAMP) $(COMPILED)

# What the program needs, and what compiles its data: enough for the demo and for daily use.
$(STAMP): requirements/build.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements/build.txt
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# And what tests and checks it: peers that must load what it writes, validators, types.
$(DEV): requirements/dev.txt $(STAMP)
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

$(COMPILED): $(STAMP) $(DATA)
	$(BIN)/python tools/build_hook.py
	@touch $@

compile: $(COMPILED)

demo: setup
	$(BIN)/python examples/demo.py

test: setup $(DEV)
	$(BIN)/python -m pytest -q

test-spark: setup $(VENV)-spark/.ready
	$(VENV)-spark/bin/python -m pytest -q -p no:cacheprovider tests/bulk/test_spark.py

$(VENV)-spark/.ready: requirements/spark.txt
	@test -x $(VENV)-spark/bin/python || $(PYTHON) -m venv $(VENV)-spark
	$(BIN)/python -m uv pip sync --quiet --python $(VENV)-spark/bin/python requirements/spark.txt
	$(BIN)/python -m uv pip install --quiet --python $(VENV)-spark/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

check: setup $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_terms.py

$(VENV)-bench/.ready: requirements/bench.txt
	@test -x $(VENV)-bench/bin/python || $(PYTHON) -m venv $(VENV)-bench
	$(BIN)/python -m uv pip sync --quiet --python $(VENV)-bench/bin/python requirements/bench.txt
	$(BIN)/python -m uv pip install --quiet --python $(VENV)-bench/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

# Peers under the AGPL, run as programs of their own and never imported.
$(VENV)-peers/.ready: requirements/peers.txt
	@test -x $(VENV)-peers/bin/python || $(PYTHON) -m venv $(VENV)-peers
	$(BIN)/python -m uv pip sync --quiet --python $(VENV)-peers/bin/python requirements/peers.txt
	@touch $@

bench: setup $(VENV)-bench/.ready $(VENV)-peers/.ready
	$(VENV)-bench/bin/python tools/bench.py

fuzz: setup
	@test -x $(VENV)-fuzz/bin/python || $(PYTHON) -m venv $(VENV)-fuzz
	$(BIN)/python -m uv pip sync --quiet --python $(VENV)-fuzz/bin/python requirements/fuzz.txt
	$(VENV)-fuzz/bin/python tools/fuzz.py

docs: setup $(DEV)
	$(BIN)/python tools/write_reference.py

clean:
	rm -rf $(VENV) $(VENV)-bench $(VENV)-fuzz $(VENV)-spark $(VENV)-peers build dist src/proxeny/compiled
