#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compares the tokenizers of today's encoders with transformers on many lines each.
#
#   Scripts/compare-encoder-tokenizers.sh [LINES] [OPTION ...]
#
# LINES are 40,000 where nothing is said. Options are those of make-encoder-tokenizer-fixtures.py,
# which takes the vocabularies of real models: --byte-pairs vocab.json merges.txt, --unigram
# spiece.model, --tokenizer FOLDER/tokenizer.json.
# PYTHON names an interpreter with Scripts/requirements.txt installed.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
lines=${1:-40000}
shift || true
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"${PYTHON:-python3}" "$here/Scripts/make-encoder-tokenizer-fixtures.py" --out "$out" \
  --lines "$lines" --full "$@"
cd "$here"
PROMPTER_ENCODER_TOKENIZERS="$out" swift test -c release -Xswiftc -enable-testing \
  --scratch-path .build-tests --filter EncoderTokenizerTests
