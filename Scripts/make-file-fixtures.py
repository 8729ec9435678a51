#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Tests/Fixtures/files: the same four labelled sentences in the shapes in which public data
sets come. It needs Python alone, and the program `zstd`.

    Scripts/make-file-fixtures.py [--output Tests/Fixtures/files]

  headerless.csv, headerless.tsv  no header
  semicolons.csv, bars.txt        other delimiters, told by the rows
  fasttext.txt                    __label__x text
  questions.label                 TREC's questions, one of them in ISO 8859-1
  packed.csv.gz, packed.tsv.zst   packed
  columns.json                    an object of lists
  records.json                    lists of objects within an object within an object
  lists.json                      lists of lists, as CLINC150 has them
  label-first.txt, spaces.txt     the label, a tab or a blank, the text; no header
  quoted.csv                      line ends within quotes
  latin1.csv, utf16.tsv           other encodings
  reviews                         no extension and no header
  numbers.csv                     no header, and more columns than two
"""
import argparse
import csv
import gzip
import io
import json
import subprocess
from pathlib import Path

ROWS = [
    ("A gripping, funny film.", "positive"),
    ("Dull; not a café in sight.", "negative"),
    ('He said "go", and nobody did.', "negative"),
    ("Fine.", "positive"),
]


def table(rows, **options):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **options).writerows(rows)
    return text.getvalue()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).parent.parent / "Tests/Fixtures/files")
    output = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)

    def write(name, text, encoding="utf-8"):
        (output / name).write_bytes(text if isinstance(text, bytes) else text.encode(encoding))

    header = [("text", "label")]
    tabs = "".join(f"{text}\t{label}\n" for text, label in ROWS)
    objects = [{"text": text, "label": label} for text, label in ROWS]
    write("headerless.csv", table(ROWS))
    write("headerless.tsv", tabs)
    write("semicolons.csv", table(header + ROWS, delimiter=";"))
    write("bars.txt", table(header + ROWS, delimiter="|"))
    write("fasttext.txt", "".join(f"__label__{label} {text}\n" for text, label in ROWS))
    write(
        "questions.label",
        "NUM:dist How far is the moon ?\nLOC:city What is Malm\u00f6 known for ?\n"
        "DESC:manner How do magnets work ?\n", "latin-1")
    write("packed.csv.gz", gzip.compress(table(header + ROWS).encode(), mtime=0))
    write(
        "packed.tsv.zst",
        subprocess.run(
            ["zstd", "-q", "-c"], input=("text\tlabel\n" + tabs).encode(), check=True,
            stdout=subprocess.PIPE).stdout)
    write(
        "columns.json",
        json.dumps({"text": [text for text, _ in ROWS], "label": [label for _, label in ROWS]}))
    write(
        "records.json",
        json.dumps({"version": 1, "data": {"train": objects, "test": objects[:1]}}, indent=1))
    write("lists.json", json.dumps({"train": ROWS, "test": ROWS[:1]}, ensure_ascii=False))
    write("label-first.txt", "".join(f"{label}\t{text}\n" for text, label in ROWS))
    write("spaces.txt", "".join(f"{label} {text}\n" for text, label in ROWS))
    write(
        "quoted.csv",
        table(header + [(text.replace(" ", "\r\n", 1), label) for text, label in ROWS]))
    write("latin1.csv", table(header + ROWS), "latin-1")
    write("utf16.tsv", "text\tlabel\n" + tabs, "utf-16")
    write("reviews", tabs)
    write("numbers.csv", table([(7, "2026-01-31", label, text) for text, label in ROWS]))


main()
