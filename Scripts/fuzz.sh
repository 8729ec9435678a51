#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Feeds damaged files to every reader of checkpoints, arrays, configurations and tokenizers, by
# default a million in all. A reader may load a file or refuse it; a trap ends the run with an error.
#
#   Scripts/fuzz.sh [FILES] [SEED]
set -euo pipefail
cd "$(dirname "$0")/.."
files=${1:-1000000}
seed=${2:-1}

# The tests named after damage do it as often as PROMPTER_FUZZ_COUNT says, each for each of its files;
# there are at least as many as `runs`.
tests='(MutationTests|NumPyFileTests|DecodeJSONTests|HostileFileTests).*(damaged|mutated)'
runs=17
export PROMPTER_FUZZ_COUNT=$(((files + runs - 1) / runs)) PROMPTER_FUZZ_SEED=$seed
export PROMPTER_STRICT=${PROMPTER_STRICT:-1}

# The readers map real files, so the damage goes to a disk of memory where there is one.
if [ -w /dev/shm ]; then
  TMPDIR=$(mktemp -d /dev/shm/prompter-fuzz.XXXXXX)
  export TMPDIR
  trap 'rm -rf "$TMPDIR"' EXIT
fi

echo "$PROMPTER_FUZZ_COUNT damaged files for each of $runs tests or more, seed $seed"
time nice -n 19 swift test -c release -Xswiftc -enable-testing --scratch-path .build-tests \
  --filter "$tests"
