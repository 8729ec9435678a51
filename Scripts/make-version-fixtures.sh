#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes Tests/Fixtures/version-before: prompts, unfinished trainings and answers of a version that
# users may have prompts of, for the tests that a later version reads them and answers the same.
#
#   Scripts/make-version-fixtures.sh BINARY
#
# BINARY is the prompter of that version. What is there of a run is kept, so that a new version adds
# runs and does not replace those of an old one; to make one again, remove its folder first.
#
# Each folder is a run: `options.json` for `prompter train --config`, the prompt's folder `prompt`,
# the answers to queries.jsonl, and where there is an `unfinished`, the folder of the same run after
# ctrl-C. Products are in float32 on one thread. Their last bits depend on the vectors of the CPU and
# on the library of products, which `arithmetic.txt` names.
set -euo pipefail

if [ $# -ne 1 ]; then
  sed -n '6p' "$0" | cut -c 5- >&2
  exit 64
fi
binary=$(realpath "$1")
cd "$(dirname "$0")/../Tests/Fixtures"
mkdir -p version-before
cd version-before

# Few words, of which some tell the mood; the reply says the same as the review.
moods() {
  local things=(film story play heart) good=(good great fun best) bad=(bad dull worst never)
  local number mood words
  for ((number = $1; number < $1 + $2; number++)); do
    if [ $((number * 7 % 5)) -lt 2 ]; then mood=bad words=("${bad[@]}"); else
      mood=good words=("${good[@]}")
    fi
    printf '{"review": "the %s was %s%s", "reply": "it is %s", "mood": "%s"}\n' \
      "${things[number % 4]}" "$([ $((number % 3)) -eq 0 ] && echo 'very ')" \
      "${words[number / 4 % 4]}" "${words[number % 4]}" "$mood"
  done
}
moods 0 40 >train.jsonl
moods 40 20 >validation.jsonl
moods 61 5 | sed 's/, "mood": [^}]*//' >queries.jsonl
echo '{"review": "not good , but that film was never dull !", "reply": "the story ?"}' \
  >>queries.jsonl

# The options of a run, of which the last ones are its own: NAME MODEL OPTION VALUE ...
options() {
  local folder=$1
  mkdir -p "$1"
  {
    printf '{\n  "model": "../%s/model", "train": "train.jsonl", "validation": "validation.jsonl"' "$2"
    printf ',\n  "precision": "float32", "threads": "1", "batch-size": "8", "max-length": "24"'
    shift 2
    while [ $# -gt 0 ]; do printf ',\n  "%s": %s' "$1" "$2"; shift 2; done
    printf '\n}\n'
  } >"$folder/options.json"
}

# Trains to the end, and once more until after the first evaluation.
run() {
  local name=$1 stops=$2
  shift 2
  if [ -e "$name" ]; then return; fi
  options "$name" "$@"
  local train=("$binary" train --config "$name/options.json")
  "${train[@]}" --quiet --output "$name/prompt" >/dev/null
  "$binary" predict --model "../$1/model" --prompt "$name/prompt" --precision float32 --threads 1 \
    queries.jsonl --quiet >"$name/answers.jsonl"
  if [ "$stops" = stops ]; then
    until [ -e "$name/unfinished/training_state.safetensors" ]; do
      rm -rf "$name/unfinished"
      set -m  # without it a program in the background does not hear ctrl-C
      "${train[@]}" --output "$name/unfinished" >/dev/null 2>"$name/said" &
      set +m
      until grep -q accuracy "$name/said"; do sleep 0.002; done
      kill -INT $! || true
      wait $! || true
    done
    rm "$name/said"
  fi
  find "$name" -name '.*' -type f -delete
}

single='["text=review", "label=mood"]'
pair='["text=review", "pair=reply", "label=mood"]'
classes=(task '"text-classification"' field)
short=(steps '"40"' evaluate-every '"10"')
long=(steps '"200"' evaluate-every '"40"')
run p-tuning-v2 stays bert "${classes[@]}" "$single" "${short[@]}" \
  pooling '"pooler"' prompt-length '"4"'
run p-tuning-v2-layers stops bert "${classes[@]}" "$single" "${long[@]}" \
  pooling '"mean"' prompt-length '"5"' prompt-layers '"2-3"' backbone-dropout '"0.1"'
run p-tuning-v2-mlp stays bert "${classes[@]}" "$pair" "${short[@]}" \
  pooling '"cls"' prompt-length '"4"' reparameterization '"mlp"' reparameterization-width '"8"'
run prompt-tuning stops bert "${classes[@]}" "$single" "${long[@]}" method '"prompt-tuning"' \
  pooling '"cls"' prompt-length '"3"' prompt-init '"labels"' optimizer '"adafactor"'
run prompt-tuning-after-start stays bert "${classes[@]}" "$pair" "${short[@]}" \
  method '"prompt-tuning"' pooling '"pooler"' prompt-length '"3"' prompt-placement '"after-start"'
run head-only stays bert "${classes[@]}" "$pair" method '"head-only"' pooling '"pooler"'
run fine-tuning stays bert "${classes[@]}" "$single" "${short[@]}" method '"fine-tuning"' \
  learning-rate '"0.003"'
run t5-prompt-tuning stops text "${classes[@]}" "$single" "${long[@]}" method '"prompt-tuning"' \
  prompt-length '"4"' learning-rate '"0.1"'
run t5-prompt-tuning-both stays text task '"text-to-text"' template '"mood : {review}"' \
  field '["target=mood"]' "${short[@]}" method '"prompt-tuning"' prompt-length '"3"' \
  prompt-placement '"before-end"' decoder-prompt-length '"2"' learning-rate '"0.1"'
run t5-p-tuning-v2 stays text "${classes[@]}" "$single" "${short[@]}" \
  prompt-length '"3"' learning-rate '"0.1"'
run t5-p-tuning-v2-decoder stops text "${classes[@]}" "$single" "${long[@]}" \
  prompt-length '"3"' prompt-stack '"decoder"' prompt-layers '"2-2"' learning-rate '"0.1"'

vectors=$(grep -qw avx512vl /proc/cpuinfo && echo avx512 || echo other)
library=$(ldd "$binary" | sed -n 's/.*libdnnl[^ ]* => \([^ ]*\).*/\1/p')
echo "$vectors $(basename "$(realpath "$library")")" >arithmetic.txt
