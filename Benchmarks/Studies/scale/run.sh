#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The scale study from nothing to its report page; the same command goes on after a kill.
#
#   Benchmarks/Studies/scale/run.sh [--work FOLDER] [--output FOLDER] [--jobs N]
set -euo pipefail
cd "$(dirname "$0")/../../.."
if [ ! -x .build/release/prompter ]; then make build; fi
exec python3 Benchmarks/Studies/scale/study.py "$@"
