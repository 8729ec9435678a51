#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The house rules that a command can see.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0
complain() { echo "$1" >&2; failed=1; }

# Only the kernels' room may say `unsafe`.
if outside=$(grep -rlw unsafe Sources --include='*.swift' | grep -v '^Sources/PrompterKernels/'); then
  complain "\`unsafe\` outside the kernels' room: $outside"
fi
# One idea, one file: none is longer than this.
while read -r lines file; do
  if [ "$file" != total ] && [ "$lines" -gt 600 ]; then
    complain "$file has $lines lines; split it."
  fi
done < <(find Sources Tests -name '*.swift' -o -name '*.c' -o -name '*.h' | xargs wc -l)
# Every source file begins with its licence.
while read -r file; do
  head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
    [ "$(basename "$file")" = Package.swift ] || complain "$file lacks the licence line."
done < <(find Sources Tests -name '*.swift' -o -name '*.c' -o -name '*.h')
# Each method, family and kind of task is named in its own files, its list and its options, nowhere
# else. Comments and the documentation may speak of all. A new one has a row here: what it is called
# in a complaint, how Swift and files name it, and the files that may.
named_only_in() {
  local what=$1 pattern=$2 places=$3 others
  others=$(grep -rnE "$pattern" Sources --include='*.swift' | grep -vE '^[^:]+:[0-9]+: *//' |
    cut -d: -f1 | sort -u | grep -vE "^Sources/($places)\.swift$") || return 0
  complain "$what is named outside its own files: "$others
}
options='PrompterCLI/Options/Methods'
methods="PrompterMethods/Methods|$options/MethodOptions"
recipes='Prompter/Training/PromptTuning/[^/]*'
named_only_in 'P-Tuning v2' '\b[pP]TuningV2|p-tuning-v2' \
  "$methods|PrompterMethods/PTuningV2[^/]*|$options/PTuningV2Options"
named_only_in 'Prompt tuning' '\b[pP]romptTuning|prompt-tuning' \
  "$methods|PrompterMethods/PromptTuning[^/]*|$options/PromptTuningOptions|$recipes"
named_only_in 'Head-only' '\b[hH]eadOnly|head-only' "$methods|PrompterMethods/HeadOnly"
named_only_in 'Fine-tuning' '\b[fF]ineTuning|fine-tuning' "$methods|PrompterMethods/FineTuning"
exit $failed
