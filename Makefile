# Two commands for a fresh machine: `make run` and `make test`. `make help` lists the rest.
# PYTHON=python3.12 chooses the interpreter, ARGS="…" is handed to the program or to pytest.
PYTHON ?=
ARGS ?=
BIN := .venv/bin
# the longest files come first (tests/conftest.py); three workers fill two cores, for many tests wait
# hundreds of processes of the program are started: where no bytecode is kept, each compiles it
TESTS := env -u PYTHONDONTWRITEBYTECODE OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)
BENCHMARKS := trainer batched searches charts screen memory coverage estimates distributions evaluate \
	learning_curve
LOCK := env -u PIP_FIND_LINKS -u UV_FIND_LINKS $(BIN)/uv pip compile --quiet --universal \
	--python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate \
	--custom-compile-command "make lock" $(UPGRADE) pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run test check format bench torture lock wheel clean setup-run setup-dev

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: setup-run ## install what is missing and open the workbench
	@$(BIN)/penguin-tui $(ARGS)

test: setup-dev ## run all the tests
	@$(TESTS)

check: setup-dev ## format, lint, types, import contracts, tests: what has to pass
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(TESTS)

format: setup-dev ## rewrite the sources in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-dev ## run the benchmarks
	@set -e; for name in $(BENCHMARKS); do echo "== $$name"; $(BIN)/python -m benchmarks.$$name; done

torture: setup-dev ## hours of kills, load and short runs (ARGS="--moments 5 --soak 200" for less)
	@$(BIN)/python -m benchmarks.torture $(ARGS)

lock: setup-dev ## resolve the versions again (UPGRADE=--upgrade takes newer ones)
	$(LOCK) --group build --output-file requirements/run.txt
	$(LOCK) --group dev --constraint requirements/run.txt --output-file requirements/dev.txt

wheel: setup-dev ## build a wheel in dist/
	$(BIN)/python -m hatchling build -t wheel -d dist

clean: ## remove everything that make has made
	rm -rf .venv build dist .*_cache .hypothesis snapshot_report.html

setup-run setup-dev: setup-%:
	@PYTHON="$(PYTHON)" sh tools/setup.sh $*
