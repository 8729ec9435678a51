#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compares T5's tokenizers with sentencepiece and transformers on a real vocabulary.
#
#   Scripts/compare-tokenizers.sh FOLDER [TEXT ...]
#
# FOLDER holds spiece.model; its tokenizer.json is used if there is one, and made of spiece.model
# otherwise. Each line of the text files is compared too, besides the 11,000 of the fixtures.
# PYTHON names an interpreter with Scripts/requirements.txt installed.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '3,9s/^# \{0,1\}//p' "$0"; exit 2; }
here=$(cd "$(dirname "$0")/.." && pwd)
model=$(cd "$1" && pwd)
shift
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"${PYTHON:-python3}" "$here/Scripts/make-t5-tokenizer-fixtures.py" --model "$model" --out "$out" "$@"
cd "$here"
PROMPTER_TOKENIZER_COMPARISON="$out" swift test -c release -Xswiftc -enable-testing \
  --scratch-path .build-tests --filter UnigramTokenizerTests
