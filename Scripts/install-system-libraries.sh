#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the package links against, if it is missing: oneDNN, on Linux.
set -euo pipefail

[ "$(uname -s)" = Linux ] || exit 0
for folder in /usr/include /usr/local/include; do
  [ -f "$folder/dnnl.h" ] && exit 0
done
if ! command -v apt-get >/dev/null; then
  echo "oneDNN is missing: install its headers and library (dnnl.h, libdnnl) with your system's" \
    "package manager." >&2
  exit 1
fi
run=()
if [ "$(id -u)" != 0 ]; then run=(sudo); fi
echo "Installing oneDNN (libdnnl-dev) ..." >&2
"${run[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq libdnnl-dev >/dev/null
