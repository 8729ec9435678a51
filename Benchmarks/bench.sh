#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the peer's virtual environment if it is missing, then runs the comparison: bench.py, or the
# program that BENCH names.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=.venv-bench
if [ ! -x $environment/bin/python ]; then
  echo "Installing PyTorch, transformers and PEFT into $environment (about 3 GB) ..." >&2
  python3 -m venv $environment
  $environment/bin/pip install --quiet -r Scripts/requirements.txt
fi
exec $environment/bin/python Benchmarks/"${BENCH:-bench.py}" "$@"
