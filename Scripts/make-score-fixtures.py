#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scores of generated answers by scikit-learn, and by the rules of MultiRC's and ReCoRD's scripts.

    python3 -m venv .venv && .venv/bin/pip install -r Scripts/requirements.txt
    .venv/bin/python Scripts/make-score-fixtures.py [--output Tests/Fixtures/scores]

Writes three files of 1,000 lines, a JSON list for each case; the Swift test GeneratedScoresTests makes
the same answers of the same seeds and compares. What is drawn, in this order, is said by the three
functions below.

    labels.jsonl    accuracy (which micro F1 equals), F1 of the last class, macro F1, Matthews correlation
    multirc.jsonl   F1 over all answers (F1a), the share of questions all of whose answers are right
    record.jsonl    token F1 and exact match, of several right answers the one that scores highest
"""
import argparse
import importlib.util
import json
import re
import string
import warnings
from collections import Counter
from pathlib import Path

from sklearn import metrics

CASES = 1000

specification = importlib.util.spec_from_file_location(
    "differential", Path(__file__).with_name("make-differential-fixtures.py"))
differential = importlib.util.module_from_spec(specification)
specification.loader.exec_module(differential)


def stream(case):
    """The numbers of `SeededRandom(seed:)`."""
    return differential.Stream(0, "tests", case)


def labels(case):
    """2 to 5 classes, 0 to 40 answers; in a case of five one side is all of one class."""
    random = stream(case)
    classes, count = 2 + random.below(4), random.below(41)
    answers = [random.below(classes) for _ in range(count)]
    right = [random.below(classes) for _ in range(count)]
    same = random.below(10)
    if same < 2:
        (answers if same else right)[:] = [random.below(classes)] * count
    if not count:
        return [0, 0, 0, 0]
    f1 = lambda **options: metrics.f1_score(right, answers, zero_division=0, **options)
    accuracy = metrics.accuracy_score(right, answers)
    assert abs(accuracy - f1(average="micro")) < 1e-12
    return [accuracy, f1(labels=[classes - 1], average="macro"), f1(average="macro"),
            metrics.matthews_corrcoef(right, answers)]


def multirc(case):
    """0 to 8 questions of 1 to 5 answers, each right or wrong and said to be either."""
    random = stream(10_000 + case)
    answers, right, whole = [], [], []
    for _ in range(random.below(9)):
        count = 1 + random.below(5)
        own = [(random.below(2), random.below(3) > 0) for _ in range(count)]
        # Two in three answers are judged rightly, so that some questions are.
        right += [truth for truth, _ in own]
        answers += [truth if agrees else 1 - truth for truth, agrees in own]
        whole.append(all(agrees for _, agrees in own))
    if not right:
        return [0, 0]
    return [metrics.f1_score(right, answers, zero_division=0), sum(whole) / len(whole)]


WORDS = ["the", "The", "a", "An", "Ann", "ann", "Ann's", "Bob.", "New", "York", "new-york", "U.S.", "",
         "\u00e9t\u00e9", "\"", "the.", "49ers", "of"]


def entity(random):
    return " ".join(random.choose(WORDS) for _ in range(1 + random.below(3)))


def normalized(text):
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def token_f1(answer, right):
    answer, right = normalized(answer), normalized(right)
    common = sum((Counter(answer) & Counter(right)).values())
    return 2 * common / (len(answer) + len(right)) if common else 0


def record(case):
    """0 to 5 queries, each an answer and 1 to 3 right ones, all of one to three words."""
    random = stream(20_000 + case)
    f1, exact = [], []
    for _ in range(random.below(6)):
        answer = entity(random)
        right = [entity(random) for _ in range(1 + random.below(3))]
        if random.below(4) == 0:
            right[0] = answer.upper()
        f1.append(max(token_f1(answer, r) for r in right))
        exact.append(max(float(normalized(answer) == normalized(r)) for r in right))
    return [sum(f1) / len(f1), sum(exact) / len(exact)] if f1 else [0, 0]


def main():
    parser = argparse.ArgumentParser(description="Makes the scores of generated answers.")
    parser.add_argument("--output", type=Path, default=Path("Tests/Fixtures/scores"))
    output = parser.parse_args().output
    warnings.simplefilter("ignore")
    output.mkdir(parents=True, exist_ok=True)
    for score in (labels, multirc, record):
        lines = [json.dumps([round(float(x), 10) for x in score(case)]) for case in range(CASES)]
        (output / f"{score.__name__}.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
