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
exit $failed
