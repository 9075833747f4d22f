# Consilium's tasks. `make help` lists them. Every install step is skipped when what it installs is there.
#
#   DEMO_ARGS   arguments of `consilium demo`, e.g. make demo DEMO_ARGS="--no-open --bind 127.0.0.1:7701"
#   BENCH_ARGS  arguments of `make bench`, e.g. BENCH_ARGS="--slices 500 --runs 3"
#   FUZZ_TIME   seconds for each target of `make fuzz`

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test check lint deny advisories unit browser bench bench-reading dist fuzz clean

TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
FUZZ_TIME ?= 60

help: ## List the tasks
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: ## Build what is needed and open the demo case at http://127.0.0.1:7700
	@scripts/install.sh build
	@echo "Building Consilium. The first build takes several minutes, later ones seconds."
	cargo build --locked --package consilium
	$(TARGET)/debug/consilium demo $(DEMO_ARGS)

test: ## Install what is missing and run everything: lints, licences, tests, PostgreSQL, S3, browser
	@scripts/test.sh

check: ## Formatting and lints only
	@scripts/test.sh format lint

lint: check

deny: ## Licences, sources and duplicates of the dependencies
	@scripts/test.sh deny

advisories: ## Known weaknesses of the dependencies (asks RustSec's database over the network)
	@scripts/install.sh deny
	cargo deny --locked check advisories

unit: ## The tests of the crates, with PostgreSQL and S3 beside them
	@scripts/test.sh crates

browser: ## The pages in a real browser; pictures of them land in tests/e2e/out
	@scripts/test.sh browser

bench: ## Import of a generated disc, beside Orthanc and a plain copy, in one run
	@scripts/install.sh build orthanc
	cargo build --locked --release --package consilium
	python3 scripts/bench/import.py --consilium $(TARGET)/release/consilium $(BENCH_ARGS)

bench-reading: ## What the reader finds in labelled sentences, and in real reports beside the chart (CONSILIUM_CORPORA)
	@scripts/install.sh build
	@scripts/bench/reading.sh $(BENCH_ARGS)

dist: ## One file in dist/ that starts on another machine with nothing installed
	@scripts/install.sh build
	cargo build --locked --profile dist --package consilium
	@scripts/dist.sh $(TARGET)/dist/consilium

fuzz: ## Each fuzz target for FUZZ_TIME seconds (needs cargo-fuzz and a nightly compiler)
	@scripts/fuzz.sh $(FUZZ_TIME)

clean: ## Remove everything that was built or installed into this folder
	rm -rf target dist .venv tests/e2e/node_modules tests/e2e/out
