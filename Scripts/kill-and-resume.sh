#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Kills a training with SIGKILL at random moments, resumes it each time, and compares the prompt,
# byte for byte, with that of a training that nobody disturbed.
#
#   Scripts/kill-and-resume.sh BINARY MODEL TRAIN VALIDATION [KILLS] [TRAIN-OPTION...]
#
# BINARY is the built prompter, MODEL a model folder, TRAIN and VALIDATION data files with labels.
# Whatever follows goes to `prompter train`: at least as much work that there is time to kill it.
# SEED in the environment chooses the moments (default: 1). Exit status: 0 if the bytes are the
# same, 1 if not or if a training failed, 64 for wrong usage.

set -euo pipefail

if [ $# -lt 4 ]; then
  sed -n '5,8p' "$0" | cut -c 3- >&2
  exit 64
fi
binary=$1 model=$2 train=$3 validation=$4
shift 4
kills=5
case "${1:-}" in
  '' | *[!0-9]*) ;;
  *) kills=$1; shift ;;
esac
RANDOM=${SEED:-1}

work=$(mktemp -d)
pid=
cleanup() {
  if [ -n "$pid" ]; then kill -9 "$pid" 2> /dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

# Plain file names, and an array that may be empty: macOS still has bash 3.2.
options=(--model "$model" --task text-classification --train "$train"
  --validation "$validation" --quiet "$@")

now() { perl -MTime::HiRes=time -e 'printf "%d\n", time * 1000' ; }
pause() { perl -e 'select undef, undef, undef, $ARGV[0] / 1000' "$1"; }

started=$(now)
"$binary" train "${options[@]}" --output "$work/whole" > /dev/null
whole=$(($(now) - started))
echo "undisturbed: $whole ms"

# The prompt's own tensors; prompter.json holds times, which differ.
tensors() { (cd "$1" && cksum -- *.safetensors); }

begun=0
saved=0
for ((kill = 1; kill <= kills; kill++)); do
  # So that all moments together come to about what an undisturbed run takes.
  moment=$(((RANDOM * 32768 + RANDOM) % (whole * 2 / kills + 1) + whole / 20))
  "$binary" train "${options[@]}" --output "$work/killed" --resume > /dev/null &
  pid=$!
  pause "$moment"
  if kill -9 "$pid" 2> /dev/null; then
    wait "$pid" 2> /dev/null || true
    begun=$((begun + 1))
    state="no state yet"
    if [ -f "$work/killed/training_state.safetensors" ]; then
      state="a state on disk"
      saved=$((saved + 1))
    fi
    echo "kill $kill: after $moment ms, $state"
  else
    status=0
    wait "$pid" || status=$?
    echo "kill $kill: training had ended by itself with status $status"
    if [ "$status" -ne 0 ]; then exit 1; fi
  fi
  pid=
done

"$binary" train "${options[@]}" --output "$work/killed" --resume > /dev/null
echo "resumed to the end after $begun kills"

left=$(find "$work/killed" "$work" -maxdepth 1 -name 'training_state*' | wc -l)
if [ "$left" -ne 0 ]; then
  echo "a training state is left behind" >&2
  exit 1
fi
if [ "$(tensors "$work/whole")" != "$(tensors "$work/killed")" ]; then
  echo "the prompts differ:" >&2
  tensors "$work/whole" >&2
  tensors "$work/killed" >&2
  exit 1
fi
for file in "$work"/whole/*.safetensors; do cmp "$file" "$work/killed/${file##*/}"; done
if [ "$saved" -eq 0 ]; then
  echo "no kill came after a state was saved: choose more steps or --evaluate-every fewer" >&2
  exit 1
fi
echo "same bytes: $(cd "$work/whole" && echo *.safetensors)"
