#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the package links against, if it is missing: oneDNN, zlib and Zstandard, on Linux.
set -euo pipefail

[ "$(uname -s)" = Linux ] || exit 0
missing=() packages=()
while read -r header package; do
  if [ ! -f "/usr/include/$header" ] && [ ! -f "/usr/local/include/$header" ]; then
    missing+=("$header")
    packages+=("$package")
  fi
done <<END
dnnl.h libdnnl-dev
zlib.h zlib1g-dev
zstd.h libzstd-dev
END
[ ${#missing[@]} -gt 0 ] || exit 0
if ! command -v apt-get >/dev/null; then
  echo "Headers are missing (${missing[*]}): install oneDNN, zlib and Zstandard for developers with" \
    "your system's package manager." >&2
  exit 1
fi
run=()
if [ "$(id -u)" != 0 ]; then run=(sudo); fi
echo "Installing ${packages[*]} ..." >&2
"${run[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq "${packages[@]}" >/dev/null
