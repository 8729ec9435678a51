#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the documentation of the library Prompter into .build/docs, and fails at a warning: a link
# that leads nowhere, a symbol that is curated twice, a page that cannot be read.
#
#     Scripts/docs.sh [options of swift build]      -c release by default, as in make build
#
# The symbols come from the modules of a usual build, so nothing is compiled a second time. What
# Prompter re-exports is documented as its own, for that is where a program finds it.
set -euo pipefail
cd "$(dirname "$0")/.."
export PROMPTER_STRICT="${PROMPTER_STRICT:-1}"

options=("$@")
((${#options[@]})) || options=(-c release)
symbols=.build/symbol-graphs
output=.build/docs

swift build "${options[@]}" --target Prompter
products=$(swift build "${options[@]}" --show-bin-path)

# Apple's tools are found through xcrun, and its systems' libraries in an SDK.
tool() { if [[ $(uname) == Darwin ]]; then xcrun "$@"; else "$@"; fi; }
sdk=()
if [[ $(uname) == Darwin ]]; then sdk=(-sdk "$(xcrun --show-sdk-path)"); fi
target=$(swift -print-target-info | sed -n 's/^ *"triple": "\(.*\)",$/\1/p' | head -n 1)
# A single type of another module, as in `enum Room.Name`, is no module.
reexported=$(sed -n 's/^@_exported public import \([A-Za-z]*\)$/\1/p' Sources/Prompter/Exports.swift | paste -sd, -)

rm -rf "$symbols" "$output"
mkdir -p "$symbols"
tool swift symbolgraph-extract -module-name Prompter -target "$target" ${sdk[@]+"${sdk[@]}"} \
  -I "$products/Modules" \
  -Xcc "-fmodule-map-file=$products/CPrompterKernels.build/module.modulemap" \
  -experimental-allowed-reexported-modules="$reexported" \
  -minimum-access-level public -skip-synthesized-members -output-dir "$symbols"

tool docc convert Sources/Prompter/Prompter.docc --additional-symbol-graph-dir "$symbols" \
  --fallback-display-name Prompter --fallback-bundle-identifier prompter.Prompter \
  --warnings-as-errors --experimental-documentation-coverage --coverage-summary-level brief \
  --output-path "$output"
echo "The documentation is in $output; python3 -m http.server -d $output serves /documentation/prompter."
