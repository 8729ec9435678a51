#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a folder of cases, faults that were seen once, and prints those that are still there.
#
#   Scripts/run-cases.sh FOLDER [CASE ...]
#
# Each case is a folder NAME/ with run.sh, which shows one fault, and expected.txt, which says in
# words what is right. PROMPTER names the program (default: .build/release/prompter). run.sh finds it
# in $PROMPTER and the tests' fixtures in $FIXTURES, and works in a copy of its folder, so that FOLDER
# stays as it is. SECONDS_PER_CASE is how long one may take (default: 300).
#
# A case fails if its check.sh says so; one without check.sh if run.sh exits otherwise than with 0, or
# if what it prints shows one of these:
#
#   FAULT                            the word, in capitals
#   exit N with N of 128 or more     a signal, unless the line before says that run.sh killed it; so do
#                                    `Illegal instruction`, `Aborted` and the like
#   exit N that nobody expects       where expected.txt names statuses (`exit 65`, `exit 1 or 65`,
#                                    `(64)`), all that are printed must be among them, unless the line
#                                    or the one before holds an "error"; where it has only `(N)`, one
#                                    must be that; `control: exit 0` asks for that at the end, and
#                                    where `An answer` is right too, so is 0
#   ESC, or `: N` with N above 0     where expected.txt begins with `0 everywhere`
#   N KB above M GB                  where expected.txt says `below M GB`
#   N.N s above SLOW (default: 5)    where expected.txt says `second`; and so is a line of twice the
#                                    size that takes three times as long as the one before, and over 1 s
#   "probability":null               an answer that is none
#   an error in the last line        where expected.txt says that something `can be had`
#   Fatal error, stack dumps         a trap that somebody caught
#
# check.sh gets the name of a file with the output and the exit status of run.sh as arguments. The
# statuses count for cases whose names begin with `r-`, which print what they see and decide nothing.
#
# Exit status: 0 if all cases pass, 1 if any fails, 64 for wrong usage.
set -uo pipefail

if [ $# -lt 1 ] || [ ! -d "$1" ]; then
  sed -n '3,5p' "$0" | cut -c 3- >&2
  exit 64
fi
here=$(cd "$(dirname "$0")/.." && pwd)
cases=$(cd "$1" && pwd)
shift
PROMPTER=$(realpath "${PROMPTER:-$here/.build/release/prompter}")
[ -x "$PROMPTER" ] || { echo "$PROMPTER is no program; make build makes it." >&2; exit 64; }
export PROMPTER FIXTURES=$here/Tests/Fixtures
# A trap would be told at length, over half a minute.
export SWIFT_BACKTRACE=enable=no
limit=${SECONDS_PER_CASE:-300}
slow=${SLOW:-5}

work=$(mktemp -d)
chmod 755 "$work" # some cases become another user
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
# Cases may name the program without quotes.
case $PROMPTER in
  *[[:space:]]*) ln -s "$PROMPTER" "$work/prompter" && PROMPTER=$work/prompter ;;
esac
[ $# -gt 0 ] || set -- $(cd "$cases" && for run in */run.sh; do echo "${run%/run.sh}"; done)

# Prints why the output shows a fault, one reason a line; nothing if it shows none.
reasons() { # name, output, expected, status
  local statuses wanted
  grep -q 'FAULT' "$2" && echo 'it says FAULT'
  grep -qE 'Illegal instruction|Aborted|Segmentation fault|Bus error|core dumped|Fatal error' "$2" &&
    echo 'a signal ended the program'
  grep -q '"probability":null' "$2" && echo 'an answer without a probability'
  statuses=$(awk 'before !~ /[Kk]illed/ { print } { before = $0 }' "$2" |
    grep -oE '\bexit(ed)?:? +[0-9]+' | grep -oE '[0-9]+$' | sort -un)
  for status in $statuses; do
    [ "$status" -lt 128 ] || echo "exit $status, a signal"
  done
  case $1 in
    r-*) ;;
    *) [ "$4" -eq 0 ] || echo "run.sh exits with $4"; return ;;
  esac
  [ "$4" -lt 124 ] || echo "run.sh exits with $4 (124: it took more than $limit s)"
  unexpected "$2" "$3"
  if grep -q '^0 everywhere' "$3"; then
    grep -E ': [1-9][0-9]*$' "$2"
    grep -q $'\x1b' "$2" && echo 'an escape code'
  fi
  wanted=$(sed -nE 's/.*below ([0-9]+) GB.*/\1/p' "$3" | head -1)
  if [ -n "$wanted" ]; then
    grep -oE '[0-9]+ KB' "$2" | awk -v most="$wanted" '$1 > most * 1000000 { print $0 ", too much" }'
  fi
  if grep -qi 'second' "$3"; then
    grep -oE '[0-9]+\.[0-9]+ s\b' "$2" | awk -v most="$slow" '$1 > most { print $0 ", too long" }'
    growing "$2"
  fi
  if grep -q 'can be had' "$3"; then
    tail -1 "$2" | grep -qE '^(Error|prompter: )|neither|no such' && echo "the last line: $(tail -1 "$2")"
  fi
  true
}

# Statuses that are printed and that expected.txt does not name.
unexpected() { # output, expected
  local named asked
  named=$(sed -E 's/[Nn]ever exit [0-9]+//' "$2" |
    grep -oiE 'exit [0-9]+( or [0-9]+)*' | grep -oE '[0-9]+' | sort -un | tr '\n' ' ')
  grep -q '^An answer' "$2" && named="$named 0 "
  asked=$(grep -oE '\((64|65|66|74)\)' "$2" | tr -dc '0-9\n' | sort -un)
  if [ -n "$named" ]; then
    awk -v named=" $named" '
      match($0, /exit(ed)?:? +[0-9]+/) {
        split(substr($0, RSTART, RLENGTH), parts, / +/)
        status = parts[2]
        if (index(named, " " status " ") == 0 && ($0 before) !~ /"error"/ && before !~ /[Kk]illed/)
          print "exit " status ", expected:" named
      }
      { before = $0 }' "$1"
  fi
  # `Either ..., or ... (64)` leaves a choice.
  for status in $asked; do
    [ -n "$named" ] || grep -q 'Either' "$2" || grep -qE "\bexit:? +$status\b" "$1" || echo "no exit $status"
  done
  if grep -q 'control: exit 0' "$2"; then
    grep -E 'exit' "$1" | tail -1 | grep -qE 'exit:? +0\b' || echo 'the control does not exit with 0'
  fi
}

# Lines that say the same of another number, and take more than their share of time.
growing() { # output
  awk '
    match($0, /[0-9]+\.[0-9]+ s/) {
      time = substr($0, RSTART, RLENGTH) + 0
      line = substr($0, 1, RSTART - 1)
      sub(/exit.*/, "", line)
      gsub(/[0-9]+/, "N", line)
      if (line in before && time > 1 && time > 3 * before[line])
        print line "from " before[line] " s to " time " s"
      before[line] = time
    }' "$1"
}

passed=0
failed=0
for name in "$@"; do
  if [ ! -f "$cases/$name/run.sh" ]; then
    echo "$cases has no case $name." >&2
    exit 64
  fi
  copy=$work/$name
  cp -r "$cases/$name" "$copy" && chmod -R u+w "$copy"
  touch "$copy/expected.txt"
  # An apostrophe in the message of ${NAME:?MESSAGE} opens a quotation that never ends.
  sed -i.before -E 's/\$\{FIXTURES:\?[^}]*\}/${FIXTURES:?}/g' "$copy/run.sh"
  mkdir "$work/temporary" && chmod 777 "$work/temporary"
  # A session of its own, so that what a case leaves running in the background goes with it.
  TMPDIR=$work/temporary HOME=$work/temporary setsid timeout -k 5 "$limit" \
    bash "$copy/run.sh" > "$work/output" 2>&1 < /dev/null
  status=$?
  if [ -f "$copy/check.sh" ]; then
    why=$(cd "$copy" && bash ./check.sh "$work/output" "$status" 2>&1) && why=
  else
    why=$(reasons "$name" "$work/output" "$copy/expected.txt" "$status")
  fi
  if [ -z "$why" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $name"
    tail -n 12 "$work/output" | cut -c 1-300 | cat -v | sed 's/^/    /'
    echo "$why" | head -8 | cut -c 1-300 | cat -v | sed 's/^/  > /'
  fi
  chmod -R u+w "$copy" "$work/temporary"
  rm -rf "$copy" "$work/temporary"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
