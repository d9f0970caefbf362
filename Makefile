# Everything runs in .venv inside the checkout. Each target is a few visible commands; README.md spells them out.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help venv setup demo test test-unit check security conformance browser bundle-selftest vulkan fuzz soak locks docs fmt bench clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

venv: ## .venv with llama.cpp built for this machine, the package and its tools
	@$(PYTHON) tools/bootstrap.py dev

setup: venv ## venv, then the runtime and the default model: everything a first run needs
	@$(BIN)/offline-ci setup

demo: setup ## set everything up and do the main job on examples/photo.png
	@$(BIN)/python tools/demo.py

test: setup ## set everything up and run all tests, the ones with the real runtime and the real model too
	$(BIN)/offline-ci setup --model smollm2-135m-instruct
	$(BIN)/python tools/debian.py
	$(BIN)/python tools/cpython_tests.py
	$(BIN)/python tools/package_tests.py
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-unit: venv ## the quick tests only: no runtime, no model
	$(BIN)/python -m pytest -m "not slow" tests/unit tests/architecture

check: venv ## format, lint, types, import contracts, generated documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/gen_host_functions_doc.py --check
	$(BIN)/python tools/gen_cli_doc.py --check
	$(BIN)/python tools/gen_errors_doc.py --check
	$(BIN)/python tools/gen_models_doc.py --check
	$(BIN)/python tools/gen_conformance_doc.py --check

security: setup ## all attacks: programs, walls, kills, names, terminal, a sample of the fuzzing; prints a table
	$(BIN)/python tools/security_table.py

conformance: setup ## the sandbox beside native CPython and Linux, and others' test suites in it: what is the same, what is known to differ; prints a table
	$(BIN)/python tools/cpython_tests.py
	$(BIN)/python tools/package_tests.py
	$(BIN)/python tools/conformance_table.py

browser: venv ## the report in a real browser (Debian's Chromium): by day, by night, narrow, on paper
	$(BIN)/python tools/debian.py
	$(BIN)/python -m pytest tests/browser

vulkan: setup ## build llama.cpp for Vulkan and test it on Mesa's software device: no GPU needed, but half an hour
	$(BIN)/offline-ci setup --model smollm2-135m-instruct
	$(BIN)/python tools/try_vulkan.py

bundle-selftest: setup ## carry the default model to a machine with nothing but Python and no network, and ask it there
	$(BIN)/python tools/debian.py
	$(BIN)/python tools/bundle_selftest.py

fuzz: venv ## fuzz system calls, files, parsers and the worker's connection: a million cases and more in ten minutes
	$(BIN)/python tests/fuzz/run.py

soak: setup ## fifty sandboxes under load for ten minutes: nothing lost, nothing leaked, nothing left
	$(BIN)/python tests/security/soak.py

locks: venv ## ask the registries again what the lock file and the catalogue pin (downloads 1.3 GB)
	$(BIN)/python tools/gen_locks.py --check

docs: venv ## write the generated documents anew
	$(BIN)/python tools/gen_host_functions_doc.py
	$(BIN)/python tools/gen_cli_doc.py
	$(BIN)/python tools/gen_errors_doc.py
	$(BIN)/python tools/gen_models_doc.py
	$(BIN)/python tools/gen_conformance_doc.py

fmt: venv ## format, and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## the table of start-up, states and speed, beside native CPython and Pyodide in Node
	$(BIN)/python benchmarks/micro/bench.py

clean: ## remove .venv, demo-output and .native-python; models, runtime and caches stay (they live in the user's folders)
	rm -rf .venv demo-output .native-python
