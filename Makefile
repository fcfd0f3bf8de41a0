# What a person does here. `make demo` shows the whole loop; `make test` runs all tests.
# The program and its tests are built once, in release with testing enabled.
SHELL := /bin/bash
SWIFT_SOURCES := Sources Tests Package.swift

.PHONY: help install build demo test coverage bench format lint clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

install: ## what Debian 12 lacks, through apt-get
	@scripts/install.sh

build: install ## the release executable: .build/release/tunix-rt
	swift build -c release -Xswiftc -enable-testing

demo: build ## from nothing to a promoted model, with the proof
	@scripts/demo.sh

test: install ## all tests, on the real model too
	@scripts/test.sh

coverage: install ## line coverage of Sources, with its gate
	@scripts/coverage.sh

bench: build ## speed and memory beside other engines, in minutes; benchmark_results.json
	@Benchmarks/run.sh $(ARGUMENTS)

format: install ## rewrite the sources in the house format
	swift format format --in-place --parallel --recursive $(SWIFT_SOURCES)

lint: install ## the formatter's rules as errors
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

clean: ## remove every build product
	rm -rf .build
