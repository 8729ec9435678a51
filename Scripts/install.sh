#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts the program, the pages of its manual and the completions for bash, zsh and fish where
# programs and shells look for them, or takes them away again.
#
#   PREFIX=/usr/local DESTDIR= Scripts/install.sh install [path of prompter]
#   PREFIX=/usr/local DESTDIR= Scripts/install.sh uninstall
set -euo pipefail
cd "$(dirname "$0")/.."
root=${DESTDIR:-}${PREFIX:-/usr/local}
manual=$root/share/man/man1
bash=$root/share/bash-completion/completions/prompter
zsh=$root/share/zsh/site-functions/_prompter
fish=$root/share/fish/vendor_completions.d/prompter.fish

case ${1:-} in
install)
  prompter=${2:-.build/release/prompter}
  work=$(mktemp -d "${TMPDIR:-/tmp}/prompter-install.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  "$prompter" generate-manual "$work"
  for shell in bash zsh fish; do
    "$prompter" --generate-completion-script $shell >"$work/$shell"
  done
  install -d "$root/bin" "$manual" "${bash%/*}" "${zsh%/*}" "${fish%/*}"
  install -m 755 "$prompter" "$root/bin/prompter"
  install -m 644 "$work"/*.1 "$manual"
  install -m 644 "$work/bash" "$bash"
  install -m 644 "$work/zsh" "$zsh"
  install -m 644 "$work/fish" "$fish"
  echo "Installed $root/bin/prompter with its manual and completions."
  ;;
uninstall)
  rm -f "$root/bin/prompter" "$manual"/prompter.1 "$manual"/prompter-*.1 "$bash" "$zsh" "$fish"
  echo "Removed prompter from $root."
  ;;
*)
  sed -n '3,7s/^# \{0,1\}//p' "$0" >&2
  exit 64
  ;;
esac
