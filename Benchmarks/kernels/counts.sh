#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Counts the instructions of the hot kernels under callgrind and compares them with limits.tsv.
#
#   counts.sh            fails if a kernel takes over 3 % more instructions than its limit
#   counts.sh --record   writes what was counted as the new limits
#
# Counts do not depend on the machine's load. Valgrind knows no AVX-512, so it is the AVX2 clones
# that are counted, everywhere.
set -euo pipefail
cd "$(dirname "$0")"
sources=../../Sources/CPrompterKernels
compiler=$(command -v clang || command -v cc)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if ! command -v valgrind >/dev/null; then
  echo "counts: valgrind is missing; on Debian, apt-get install valgrind." >&2
  exit 1
fi
if ! grep -qw avx2 /proc/cpuinfo; then
  echo "counts: this machine has no AVX2, for which the limits hold; nothing was counted." >&2
  exit 0
fi
"$compiler" -O2 -I"$sources" -I"$sources/include" -o "$folder/counts" counts.c \
  "$sources"/{attention/attention,elements/{activation,elements,int16,norm},memory/{arena,mapping,memory}}.c \
  "$sources"/products/{float32/float32_panels,int16/int16_panels,kept_panels,wide_product}.c \
  -lm -lpthread

failed=0
recorded=$folder/limits.tsv
printf '# kernel\tinstructions\n' >"$recorded"
printf '%-40s %14s %14s %8s\n' kernel instructions limit ""
while IFS=$'\t' read -r kernel limit; do
  [[ $kernel == \#* ]] && continue
  count=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    --toggle-collect="${kernel%%/*}*" "$folder/counts" "$kernel" 2>&1 |
    awk '/Collected :/ {print $4}')
  printf '%s\t%s\n' "$kernel" "$count" >>"$recorded"
  verdict=ok
  if ((count > limit * 103 / 100)); then verdict="TOO MANY" failed=1; fi
  if ((count < limit * 90 / 100)); then verdict="fewer: record it"; fi
  printf '%-40s %14d %14d %s\n' "$kernel" "$count" "$limit" "$verdict"
done <limits.tsv
if [ "${1:-}" = --record ]; then
  cp "$recorded" limits.tsv
elif ((failed)); then
  echo "counts: a kernel became slower; make it fast again, or say why and record (--record)." >&2
  exit 1
fi
