#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the demo's answers and its final table, and fails if the demo did not show what it says.

    demo-table.py answers|results FOLDER
"""
import json
import sys
from pathlib import Path

mode, folder = sys.argv[1], Path(sys.argv[2])


def table(rows):
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [
            str(c).ljust(w) if i < 2 else str(c).rjust(w)
            for i, (c, w) in enumerate(zip(row, widths))
        ]
        print("  ".join(cells).rstrip())
        if number == 0:
            print("  ".join("-" * w for w in widths))


def size(path):
    total = sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
    return f"{total / 1024:,.0f} KiB"


if mode == "answers":
    queries = (folder / "queries.jsonl").read_text().splitlines()
    answers = (folder / "answers.jsonl").read_text().splitlines()
    rows = [("task", "answer", "probability", "text")]
    for query, answer in zip(map(json.loads, queries), map(json.loads, answers)):
        probability = f"{answer['probability']:.2f}"
        rows.append((answer["task"], answer["label"], probability, query["text"]))
    table([(r[0], r[1], r[2], "  " + r[3]) for r in rows])
    sys.exit()

head = ("task", "method", "trained", "of backbone", "accuracy", "majority", "seconds", "on disk")
rows, scores = [head], {}
for task in ("queue", "status"):
    for method in ("head-only", "p-tuning-v2"):
        trained = json.loads((folder / f"{task}-{method}.train").read_text())
        tested = json.loads((folder / f"{task}-{method}.test").read_text())
        accuracy = tested["metrics"]["accuracy"]
        majority = tested["baseline"]["majority"]["accuracy"]
        share = trained["trainable_parameters"] / trained["backbone_parameters"]
        scores[task, method] = accuracy, majority
        rows.append((
            task, method, f"{trained['trainable_parameters']:,}", f"{share:.2%}",
            f"{accuracy:.1%}", f"{majority:.1%}", f"{trained['seconds']:.0f}",
            size(folder / f"{task}-{method}"),
        ))
table(rows)

for task in ("queue", "status"):
    (prompt, majority), (alone, _) = scores[task, "p-tuning-v2"], scores[task, "head-only"]
    if not prompt > max(alone, majority):
        sys.exit(f"P-Tuning v2 did not beat the head alone on {task}; this is a bug.")
