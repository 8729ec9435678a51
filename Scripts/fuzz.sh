#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Feeds damaged files to every reader: of checkpoints, arrays, configurations, tokenizers, model
# folders, prompts, adapters, training states, data and queries; by default two million in all. A reader
# may load a file or refuse it. A trap ends the run with an error, and so does a file that takes 20
# seconds or makes the process larger than 1 GB; the file is kept.
#
#   Scripts/fuzz.sh [FILES] [SEED] [TESTS]
#
# TESTS is a regular expression for names of tests, in place of all that have "damaged" or "mutated" in
# theirs; FILES is still what all together would do.
set -euo pipefail
cd "$(dirname "$0")/.."
files=${1:-2000000}
seed=${2:-1}
only=${3:-damaged|mutated}

# Tests with "damaged" or "mutated" in their names damage each of their files as often as
# PROMPTER_FUZZ_COUNT says, or a part as often where reading takes long. This many times what it says is
# what all do.
runs=61
export PROMPTER_FUZZ_COUNT=$(((files + runs - 1) / runs)) PROMPTER_FUZZ_SEED=$seed
export PROMPTER_STRICT=${PROMPTER_STRICT:-1}

# The readers map real files, so the damage goes to a disk of memory where there is one.
parent=${TMPDIR:-/tmp}
if [ -w /dev/shm ]; then parent=/dev/shm; fi
TMPDIR=$(mktemp -d "$parent/prompter-fuzz.XXXXXX")
export TMPDIR

echo "$PROMPTER_FUZZ_COUNT damaged files for each of $runs readers, seed $seed"
build=(-c release -Xswiftc -enable-testing --scratch-path .build-tests)
TMPDIR=/tmp swift build --build-tests "${build[@]}" > "$TMPDIR/build" || { cat "$TMPDIR/build"; exit 1; }
# One after another, so that it is known which file took the memory.
status=0
nice -n 19 swift test "${build[@]}" --skip-build --no-parallel --filter "$only" \
  > "$TMPDIR/log" 2>&1 || status=$?
grep -E "✘|took more|made the process|[Ff]atal|Test run|signal" "$TMPDIR/log" | head -40 || true
awk '/^damaged files: / { sum += $3 } END { print sum + 0 " damaged files were read or refused" }' \
  "$TMPDIR/log"
if [ "$status" -ne 0 ]; then
  echo "Failed; the file at work is one of $TMPDIR/input-*, and $TMPDIR/log has all that was said." >&2
  exit 1
fi
rm -rf "$TMPDIR"
