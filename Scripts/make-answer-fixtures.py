#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Tests/Fixtures/answers/scores.jsonl: 1,000 answers with the scores of SQuAD's programs.

    python3 -m venv .venv && .venv/bin/pip install -r Scripts/requirements.txt
    .venv/bin/pip download --no-deps t5==0.9.4 transformers==4.57.1
    .venv/bin/python Scripts/make-answer-fixtures.py t5-*.whl transformers-*.whl

Version 1.1's logic is that of T5's `qa_utils`, version 2.0's that of transformers 4's `squad_metrics`;
both are copies of the official programs. The wheels are read and not installed. A line of the file is

    [answer, [right answers], exact 1.1, F1 1.1, exact 2.0, F1 2.0]

where without right answers there is nothing for 1.1, which is null.

Answers are made of few words, so that many have some in common: articles, cases, punctuation of
ASCII and other, blanks of all sorts, digits, accents, Greek, Turkish, Chinese, Arabic and emoji;
some are empty, or are after what is not compared is gone.
"""
import argparse
import json
import random
import re
import zipfile
from pathlib import Path

WORDS = """the The THE a A an An cat Cat CAT cats dog of in 1990 1990s 15 $1.5 1,000 half ½ ² U.S. US
    rock-n-roll rock'n'roll it's its "quoted" (Paris) Paris, Paris. theme another and/or the_end a.m.
    naïve NAÏVE naïve Straße STRASSE ΟΔΟΣ οδός οδοσ Σ ΣΑΣ İstanbul istanbul ısı Łódź łódź 北京 北京。 の
    القاهرة نهر 🙂 — – ’s a’s x’a ʻa ª ⅷ ① the–end «the» …""".split()
BLANKS = [" ", " ", " ", " ", "  ", "\t", "\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\x1f", ""]


def official(wheel, path):
    """The functions of a file of a release, which score one answer, without what else it imports."""
    source = zipfile.ZipFile(wheel).read(path).decode()
    kept = re.sub(r"^from (\.\.\.|absl).*$|^logger = .*$", "", source, flags=re.MULTILINE)
    names = {}
    exec(compile(kept, path, "exec"), names)
    return names


def answer(generator):
    if generator.random() < 0.04:
        return generator.choice(["", " ", "the", "a an", "!", "...", "The."])
    text = ""
    for _ in range(generator.choice([1, 1, 2, 2, 3, 4, 6])):
        text += generator.choice(WORDS) + generator.choice(BLANKS)
    return text if generator.random() < 0.3 else text.strip()


def changed(text, generator):
    """Nearly the same answer, so that many pairs are equal or overlap."""
    return generator.choice([
        str.upper, str.lower, str.title, lambda t: "the " + t, lambda t: t + ".",
        lambda t: " ".join(t.split()[1:]), lambda t: t + " " + generator.choice(WORDS),
        lambda t: " ".join(reversed(t.split())), lambda t: t.replace("-", " "), lambda t: t,
    ])(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("one", type=Path, help="the wheel of t5")
    parser.add_argument("two", type=Path, help="the wheel of transformers 4")
    parser.add_argument("--output", type=Path, default=Path("Tests/Fixtures/answers"))
    arguments = parser.parse_args()
    one = official(arguments.one, "t5/evaluation/qa_utils.py")
    two = official(arguments.two, "transformers/data/metrics/squad_metrics.py")
    generator = random.Random(5)
    lines = []
    while len(lines) < 1000:
        text = answer(generator)
        count = generator.choice([0, 1, 1, 1, 2, 3])
        right = [changed(text, generator) if generator.random() < 0.6 else answer(generator)
                 for _ in range(count)]
        gold = [r for r in right if two["normalize_answer"](r)] or [""]
        scores = [None, None]
        if right:
            normal = one["normalize_squad"]
            pairs = [(normal(r), normal(text)) for r in right]
            scores = [max(int(one["_exact_match_score"](*pair)) for pair in pairs),
                      round(max(one["_f1_score"](*pair) for pair in pairs), 9)]
        scores += [max(two["compute_exact"](g, text) for g in gold),
                   round(max(two["compute_f1"](g, text) for g in gold), 9)]
        lines.append(json.dumps([text, right] + scores))
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "scores.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
