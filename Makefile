# Sandlot: what a person types. `make demo` and `make test` start from nothing but Debian and Swift.

SHELL := /bin/bash
.DEFAULT_GOAL := help

BIN := .build/release
VENV := .venv
PYTHON := $(VENV)/bin/python
SWIFT_BUILD := swift build -c release
AGENT_BUILD := swift build --package-path Guest -c release --product sandlot-agent -Xswiftc -static-executable

.PHONY: help demo test build test-unit test-guest test-sdk bench format lint packages clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: build $(VENV)/ready ## Install, build, start a server and run examples/vm_sandbox.py
	@scripts/demo

test: build $(VENV)/ready ## All tests: unit, machine (real QEMU) and SDK (the real package)
	@scripts/test

build: packages ## The server and the agent, in .build/release
	@echo "== building the guest agent"
	@$(AGENT_BUILD)
	@echo "== building the server (the first time takes some minutes)"
	@$(SWIFT_BUILD) --product sandlot
	@$(SWIFT_BUILD) --product ReadOnlyOpen
	@$(SWIFT_BUILD) --product sandlot-unpack
	@scripts/install-agent $(BIN)

packages: ## The Debian packages that Sandlot needs
	@scripts/install-packages

$(VENV)/ready: Tests/SDK/requirements.txt
	@echo "== making a Python environment with the modal SDK"
	@/usr/bin/python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

bench: build $(VENV)/ready ## Measure through the SDK; see Benchmarks/README.md
	@scripts/bench

format: ## Format all Swift sources
	@swift format --in-place --parallel $$(scripts/swift-sources)

lint: ## Check the format of all Swift sources
	@swift format lint --strict --parallel $$(scripts/swift-sources)

clean: ## Remove what was built
	@rm -rf .build Guest/.build $(VENV)
