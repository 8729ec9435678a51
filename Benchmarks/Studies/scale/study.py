#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The scale study: pretrains tiny T5s with `prompter train`, tunes prompts and whole models.

    Benchmarks/Studies/scale/run.sh [--prompter PATH] [--work FOLDER] [--output FOLDER]

Every step leaves one file when it is complete and is skipped where that file is; a training that was
interrupted goes on where it was. So the same command finishes what a kill left. README.md says what
is measured.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import language
import report
import weights
from plan import (BATCH, CHOSEN, EXAMPLES, INITIALISATIONS, LENGTHS, LENGTH, PRETRAINING, RATES,
                  SEEDS, SIZES, TUNING_STEPS, LARGEST)

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]


def write(path, text):
    """Writes a file whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def lines(path, columns, examples):
    if not path.exists():
        write(path, "".join(json.dumps(dict(zip(columns, e))) + "\n" for e in examples))
    return path


class Study:
    def __init__(self, prompter, work):
        self.prompter, self.work = prompter, work
        for folder in ("data", "models", "runs", "logs"):
            (work / folder).mkdir(parents=True, exist_ok=True)

    # --- Data

    def pretraining_data(self, stage):
        make = {"corruption": language.corrupted, "adaptation": language.continued}[stage]
        rng = random.Random(f"pretraining {stage}")
        count = PRETRAINING[stage]["examples"]
        return lines(self.work / "data" / f"{stage}.jsonl", ("input", "target"),
                     (make(rng) for _ in range(count)))

    def task_data(self, task, split):
        rng = random.Random(f"task {task} {split}")
        return lines(self.work / "data" / f"{task}-{split}.jsonl", ("text", "label"),
                     (language.TASKS[task](rng) for _ in range(EXAMPLES[split])))

    # --- Trainings

    def train(self, name, *options):
        """What `prompter train --json` says, from the file of an earlier run where there is one."""
        result, folder = self.work / "runs" / f"{name}.json", self.work / "prompts" / name
        if result.exists():
            return json.loads(result.read_text())
        started = time.time()
        command = [self.prompter, "train", *map(str, options), "--output", str(folder), "--json",
                   "--quiet", "--resume", "--no-pin"]
        with open(self.work / "logs" / f"{name}.log", "w") as log:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, text=True)
        if done.returncode != 0:
            message = (self.work / "logs" / f"{name}.log").read_text().strip()
            raise SystemExit(f"{name}: {message}\n  {' '.join(command)}")
        said = json.loads(done.stdout)
        said["wall_seconds"] = time.time() - started
        write(result, json.dumps(said))
        return said

    def pretrain(self, size):
        """Random weights, then span corruption, then LM adaptation; the last two are models."""
        folder = self.work / "models"
        fresh = folder / f"{size}-random"
        if not (fresh / "config.json").exists():
            weights.write_random(fresh, SIZES[size], language.words(), f"weights {size}")
        for stage in PRETRAINING:
            plan, name = PRETRAINING[stage], f"pretraining-{size}-{stage}"
            said = self.train(
                name, "--model", fresh, "--task", "text-to-text", "--method", "fine-tuning",
                "--train", self.pretraining_data(stage), "--batch-size", plan["batch"],
                "--steps", plan["steps"], "--learning-rate", plan["rate"], "--warmup",
                plan["warmup"], "--backbone-dropout", 0, "--threads", 2, "--seed", 1)
            fresh = folder / f"{size}-{stage}"
            if not (fresh / "config.json").exists():
                weights.write_trained(
                    fresh, SIZES[size], language.words(), self.work / "prompts" / name)
            print(f"{name}: loss {said['epochs'][-1]['loss']:.3f}, {said['seconds']:.0f} s",
                  flush=True)

    def tune(self, run):
        method, task = run["method"], run["task"]
        options = ["--model", self.work / "models" / f"{run['size']}-{run['stage']}",
                   "--task", "text-classification", "--method", method,
                   "--train", self.work / "data" / f"{task}-training.jsonl",
                   "--validation", self.work / "data" / f"{task}-validation.jsonl",
                   "--batch-size", BATCH, "--steps", TUNING_STEPS,
                   "--evaluate-every", TUNING_STEPS // 4, "--backbone-dropout", 0,
                   "--optimizer", "adafactor", "--schedule", "constant",
                   "--learning-rate", run.get("rate", RATES[method]),
                   "--threads", 1, "--seed", run["seed"]]
        if method == "prompt-tuning":
            options += ["--prompt-length", run["length"], "--prompt-init", run["start"]]
        else:
            options += ["--adafactor-scaling"]
        said = self.train(run["name"], *options)
        shutil.rmtree(self.work / "prompts" / run["name"], ignore_errors=True)
        return said


def tuning_runs():
    """Every training of the comparison once, by name."""
    runs = {}

    def add(size, method, task, length=LENGTH, start=CHOSEN, stage="adaptation"):
        for seed in SEEDS:
            run = dict(size=size, method=method, task=task, seed=seed, stage=stage)
            name = [size, stage, method, task]
            if method == "prompt-tuning":
                run.update(length=length, start=start)
                name += [str(length), start]
            run["name"] = "-".join(name + [str(seed)])
            runs[run["name"]] = run

    for task in language.TASKS:
        for size in SIZES:
            for method in RATES:
                add(size, method, task)
        for length in LENGTHS:
            add(LARGEST, "prompt-tuning", task, length=length)
        for start in INITIALISATIONS:
            add(LARGEST, "prompt-tuning", task, start=start)
        add(LARGEST, "prompt-tuning", task, stage="corruption")
    return list(runs.values())


def fingerprint():
    """Of all that decides the results but the program itself."""
    text = b"".join((HERE / name).read_bytes() for name in ("language.py", "weights.py", "plan.py"))
    return hashlib.sha256(text).hexdigest()[:16]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--prompter", default=str(REPOSITORY / ".build/release/prompter"))
    parser.add_argument("--work", type=Path, default=REPOSITORY / ".build/studies/scale")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "Documentation/Studies/scale")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1),
                        help="trainings at a time, one thread each (pretraining has two threads)")
    args = parser.parse_args()

    work = args.work / fingerprint()  # another plan is another study
    study = Study(args.prompter, work)
    for task in language.TASKS:
        for split in EXAMPLES:
            study.task_data(task, split)
    for size in SIZES:
        study.pretrain(size)
    runs = tuning_runs()
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        jobs = {pool.submit(study.tune, run): run for run in runs}
        try:
            for number, job in enumerate(concurrent.futures.as_completed(jobs), 1):
                said, run = job.result(), jobs[job]
                print(f"{number}/{len(runs)} {run['name']}: "
                      f"{said['best']['metrics']['accuracy']:.3f}", flush=True)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    report.write_all(study, runs, args.output)


if __name__ == "__main__":
    main()
