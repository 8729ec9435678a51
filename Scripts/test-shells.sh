#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the program into a folder of its own, types command lines into bash, zsh and fish, presses
# the tab key, compares what comes of them, reads the manual, and takes all away again.
#
#   Scripts/test-shells.sh [path of prompter]     shells that are not installed are passed over
set -euo pipefail
cd "$(dirname "$0")/.."
prompter=$(realpath "${1:-.build/release/prompter}")
work=$(mktemp -d "${TMPDIR:-/tmp}/prompter-shells.XXXXXX")
trap 'rm -rf "$work"' EXIT
export DESTDIR="$work/root" PREFIX=/opt/prompter
installer=$PWD/Scripts/install.sh
"$installer" install "$prompter"
share=$DESTDIR$PREFIX/share
mkdir -p "$work/home" "$work/here/prompts/mood" "$work/here/models"
export PATH="$DESTDIR$PREFIX/bin:$PATH" HOME="$work/home" COLUMNS=400 TERM=dumb
cd "$work/here"
touch data.jsonl "my file.csv" run.json

# What is typed before the tab key, and the arguments that it should become; a folder's slash at the
# end is one of the shell's ways, and left out here.
cases=(
  'prompter tra' 'train'
  'prompter prompt ins' 'prompt|inspect'
  'prompter train --learning' 'train|--learning-rate'
  'prompter train --train da' 'train|--train|data.jsonl'
  'prompter train --train=da' 'train|--train=data.jsonl'
  'prompter train --validation=da' 'train|--validation=data.jsonl'
  'prompter train --train my' 'train|--train|my file.csv'
  'prompter train --train ./da' 'train|--train|./data.jsonl'
  'prompter train --model mo' 'train|--model|models'
  'prompter train --model=mo' 'train|--model=models'
  'prompter train --method p-' 'train|--method|p-tuning-v2'
  'prompter train --method=p-' 'train|--method=p-tuning-v2'
  'prompter train --config ru' 'train|--config|run.json'
  'prompter train --resume --train da' 'train|--resume|--train|data.jsonl'
  'prompter predict --prompt pr' 'predict|--prompt|prompts'
  'prompter predict --prompt mood=pr' 'predict|--prompt|mood=prompts'
  'prompter predict --prompt mood=prompts/mo' 'predict|--prompt|mood=prompts/mood'
  'prompter predict --prompt=mood=pr' 'predict|--prompt=mood=prompts'
  'prompter predict --model models --prompt prompts/mood da' 'predict|--model|models|--prompt|prompts/mood|data.jsonl'
  'prompter evaluate --data=da' 'evaluate|--data=data.jsonl'
  'prompter data preview da' 'data|preview|data.jsonl'
  'prompter prompt inspect pr' 'prompt|inspect|prompts'
  'prompter prompt convert prompts da' 'prompt|convert|prompts|data.jsonl'
)

# In bash and zsh a function takes the program's place and writes down its arguments.
type_into() { # SHELL START: the start defines `prompter` and loads the completion
  {
    sleep 1
    printf '%s\n' "$2"
    sleep 1
    local index
    for ((index = 0; index < ${#cases[@]}; index += 2)); do
      printf '%s\t' "${cases[index]}"
      sleep 0.4
      printf '\n'
      sleep 0.1
    done
    printf 'exit\n'
    sleep 0.3
  } | script -qec "$1" /dev/null >"$work/screen" 2>&1
}

failed=0
compare() { # SHELL: the lines of $work/found, one for each case
  local index line=0 found
  for ((index = 0; index < ${#cases[@]}; index += 2)); do
    line=$((line + 1))
    found=$(sed -n "${line}p" "$work/found")
    found=${found%/}
    if [ "$found" != "${cases[index + 1]}" ]; then
      echo "$1: \`${cases[index]}\` became \`$found\`, not \`${cases[index + 1]}\`." >&2
      failed=1
    fi
  done
  echo "$1: $line command lines"
}

record="prompter() { local IFS='|'; echo \"\$*\" >>'$work/found'; }"
if command -v bash >/dev/null; then
  : >"$work/found"
  type_into "bash --norc --noprofile -i" "$record; . '$share/bash-completion/completions/prompter'"
  compare bash
fi
if command -v zsh >/dev/null; then
  : >"$work/found"
  type_into "zsh -f -i" \
    "fpath=('$share/zsh/site-functions' \$fpath); autoload -U compinit; compinit -u -D; $record"
  compare zsh
fi
if command -v fish >/dev/null; then
  : >"$work/found"
  for ((index = 0; index < ${#cases[@]}; index += 2)); do
    # The candidates for the last word; a single one is what the tab key puts there.
    typed=${cases[index]}
    fish --no-config -c "source '$share/fish/vendor_completions.d/prompter.fish'; complete -C \"$typed\"" \
      2>"$work/errors" | cut -f 1 >"$work/candidates"
    word=${typed##* }
    if [ "$(wc -l <"$work/candidates")" = 1 ]; then word=$(cat "$work/candidates"); fi
    rest=${typed% *}
    rest=${rest#prompter}
    rest=${rest# }
    echo "${rest:+${rest// /|}|}$word" >>"$work/found"
  done
  compare fish
fi

# The program runs where it was installed, and its manual has a page for each command.
prompter --version
pages=$(find "$share/man/man1" -name '*.1' | wc -l)
if [ "$pages" -lt 12 ]; then
  echo "The manual has only $pages pages." >&2
  failed=1
fi
if command -v groff >/dev/null; then
  for page in "$share"/man/man1/*.1; do
    groff -man -ww -Tutf8 -z "$page" 2>>"$work/warnings"
  done
  if [ -s "$work/warnings" ]; then
    cat "$work/warnings" >&2
    failed=1
  fi
  echo "manual: $pages pages"
fi

"$installer" uninstall
if find "$DESTDIR" -type f | grep .; then
  echo "These files are left after \`make uninstall\`." >&2
  failed=1
fi
exit $failed
