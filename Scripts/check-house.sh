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
recipes='PrompterTraining/PromptTuning/[^/]*'
named_only_in 'P-Tuning v2' '\b[pP]TuningV2|p-tuning-v2' \
  "$methods|PrompterMethods/PTuningV2[^/]*|$options/PTuningV2Options"
named_only_in 'Prompt tuning' '\b[pP]romptTuning|prompt-tuning' \
  "$methods|PrompterMethods/PromptTuning[^/]*|$options/PromptTuningOptions|$recipes"
named_only_in 'Head-only' '\b[hH]eadOnly|head-only' "$methods|PrompterMethods/HeadOnly"
named_only_in 'Fine-tuning' '\b[fF]ineTuning|fine-tuning' "$methods|PrompterMethods/FineTuning"

# Which class of tokenizer a folder has is a matter of published tokenizers: several families share one.
families='PrompterModels/ModelFamilies|PrompterTokenizer/[^/]*'
# Help and messages show a model that writes by the one that people have heard of.
shown='PrompterCLI/(Train|Data)Command|PrompterCLI/Options/TaskOptions|PrompterMethods/TrainingError'
shown="$shown|$options/(PTuningV2|PromptTuning)Options"
named_only_in 'The family BERT' '\bBERT([A-Z]|\b)|"bert"|\.bert\b' "$families|PrompterModels/BERT/[^/]*"
named_only_in 'The family RoBERTa' '\b(RoBERTa|CamemBERT|XLMR)([A-Z]|\b)|"(xlm-)?roberta"|"camembert"' \
  "$families|PrompterModels/RoBERTa/[^/]*"
named_only_in 'The family DistilBERT' '\bDistilBERT([A-Z]|\b)|"distilbert"' \
  "$families|PrompterModels/DistilBERT/[^/]*"
named_only_in 'The family ELECTRA' '\bELECTRA([A-Z]|\b)|"electra"' \
  "$families|PrompterModels/ELECTRA/[^/]*"
named_only_in 'The family MPNet' '\bMPNet([A-Z]|\b)|"mpnet"' "$families|PrompterModels/MPNet/[^/]*"
named_only_in 'The family ALBERT' '\bALBERT([A-Z]|\b)|"albert"' "$families|PrompterModels/ALBERT/[^/]*"
named_only_in 'The family DeBERTa' '\bDeBERTa([A-Z]|\b)|"deberta' "$families|PrompterModels/DeBERTa/[^/]*"
named_only_in 'The family T5' '\bT5([A-Z]|\b)|"m?t5"|\.t5\b' "$families|PrompterModels/T5/[^/]*|$shown"
named_only_in 'The family ModernBERT' '\bModernBERT|"modernbert"|\.modernbert\b' \
  "$families|PrompterModels/ModernBERT/[^/]*"

kinds='PrompterTasks/Kinds'
# Labels that are written are the same task for a model that writes, and those of spans are learnt and
# scored as those of texts. The help has an example.
classified="$kinds/TextClassification/[^/]*|$kinds/SpanPairs/SpanPairClassification"
named_only_in 'Text classification' '\b[tT]extClassification|text-classification' \
  "$kinds/TaskKinds|$classified|$kinds/TextToText/TextToText|PrompterCLI/TrainCommand"
named_only_in 'Text regression' '\b[tT]extRegression|text-regression' \
  "$kinds/TaskKinds|$kinds/TextRegression/[^/]*"
named_only_in 'Multiple choice' '\b[mM]ultipleChoice|multiple-choice' \
  "$kinds/TaskKinds|$kinds/MultipleChoice/[^/]*"
named_only_in 'Pairs of spans' '\b[sS]panPair|span-pair' \
  "$kinds/TaskKinds|$kinds/SpanPairs/[^/]*"
named_only_in 'Token classification' '\b[tT]okenClassification|token-classification' \
  "$kinds/TaskKinds|$kinds/TokenClassification/[^/]*"
named_only_in 'Question answering' '\b[qQ]uestionAnswering|question-answering' \
  "$kinds/TaskKinds|$kinds/QuestionAnswering/[^/]*"
# Its part of a task's description is a member of cards, which older versions wrote. The columns of its
# templates are in the help of an option.
named_only_in 'Text to text' '\b[tT]extToText|text-to-text' \
  "$kinds/TaskKinds|$kinds/TextToText/[^/]*|PrompterTasks/TaskDescription|PrompterCLI/Options/TaskOptions"

# The formatter wraps code and leaves comments as they are. A row of a table cannot be wrapped.
check_comment_width() {
  local wide
  wide=$(find Sources Tests -type f \( -name '*.swift' -o -name '*.c' -o -name '*.h' \) \
    -exec perl -CSD -ne '
      print "$ARGV:$.\n" if m{^\s*//(?!/? *\|)} && length > 101;
      close ARGV if eof' {} +)
  if [ -n "$wide" ]; then complain "Comments are wider than 100 columns:"$'\n'"$wide"; fi
}

# How much is explained and how much is tested, in lines. The limits are a little below what holds,
# so that neither falls unnoticed; CONTRIBUTING.md says what they are about.
least_documented=155  # of a thousand lines of Swift
least_tested=620      # lines for a thousand lines of source
check_shares() {
  local swift documented sources tests
  swift=$(find Sources -name '*.swift' -exec cat {} + | wc -l)
  documented=$(find Sources -name '*.swift' -exec cat {} + | grep -c '^ *///')
  sources=$(find Sources \( -name '*.swift' -o -name '*.c' -o -name '*.h' \) -exec cat {} + | wc -l)
  tests=$(find Tests -name '*.swift' -exec cat {} + | wc -l)
  share() { printf '%d.%d %%' $(($1 * 100 / $2)) $(($1 * 1000 / $2 % 10)); }
  echo "documentation: $(share "$documented" "$swift") of the lines of Swift;" \
    "tests: $(share "$tests" "$sources") as many lines as the sources"
  if [ $((documented * 1000)) -lt $((swift * least_documented)) ]; then
    complain "Doc comments are less than $(share $least_documented 1000) of the lines of Swift."
  fi
  if [ $((tests * 1000)) -lt $((sources * least_tested)) ]; then
    complain "Tests have less than $(share $least_tested 1000) as many lines as the sources."
  fi
}

check_comment_width
check_shares
exit $failed
