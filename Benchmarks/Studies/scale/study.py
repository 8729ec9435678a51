#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The scale study: pretrains tiny T5s with `prompter train`, tunes prompts and whole models.

    Benchmarks/Studies/scale/run.sh [--prompter PATH] [--work FOLDER] [--output FOLDER] [--jobs N]

Every step leaves one file when it is complete and is skipped where that file is; a training that
was interrupted goes on where it was. So the same command finishes what a kill left.
"""
import argparse
import fcntl
import hashlib
import json
import os
import random
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import language
import plan
import report
import weights
from plan import LENGTH, PRETRAINING, SIZES, START

REPOSITORY = Path(__file__).resolve().parents[3]
PROMPT, MODEL = "prompt-tuning", "fine-tuning"


def write(path, text):
    """Writes a file whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def examples(kind, count):
    """So many examples of a kind, the same ones every time."""
    name = kind.split()[-1] if kind.startswith("pretraining") else kind.split()[0]
    make = {"corruption": language.corrupted, "adaptation": language.continued, **language.TASKS}
    rng = random.Random(kind)
    return [make[name](rng) for _ in range(count)]


def fingerprint():
    """Of all that decides the results but the program: the plan, the data and the first weights."""
    numbers = {name: value for name, value in vars(plan).items() if name.isupper()}
    kinds = [f"pretraining {stage}" for stage in PRETRAINING]
    kinds += [f"{task} training" for task in language.TASKS]
    shapes = [list(weights.shapes(size, 1)) for size in SIZES.values()]
    text = json.dumps([numbers, [examples(kind, 50) for kind in kinds], language.words(), shapes])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class Study:
    """One study's folder, and the steps that fill it."""

    def __init__(self, prompter, work):
        self.prompter, self.work = prompter, work
        for folder in ("data", "models", "prompts", "runs", "logs"):
            (work / folder).mkdir(parents=True, exist_ok=True)
        # The trainings hold it too, so that a new run waits for those that outlive a killed one.
        self.lock = open(work / "lock", "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for trainings of another run to end.", flush=True)
            fcntl.flock(self.lock, fcntl.LOCK_EX)

    def data(self, kind, columns, count):
        path = self.work / "data" / f"{kind.replace(' ', '-')}.jsonl"
        if not path.exists():
            write(path, "".join(json.dumps(dict(zip(columns, pair))) + "\n"
                                for pair in examples(kind, count)))
        return path

    def task_data(self, task, split):
        return self.data(f"{task} {split}", ("text", "label"), plan.EXAMPLES[split])

    def say(self, name, *command):
        """The JSON that a command of the program prints."""
        log = self.work / "logs" / f"{name}.log"
        with open(log, "a", encoding="utf-8") as errors:
            process = subprocess.Popen(
                [self.prompter, *map(str, command), *"--json --quiet --threads 1 --no-pin".split()],
                stdout=subprocess.PIPE, stderr=errors, text=True, pass_fds=[self.lock.fileno()])
            output = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{name}: {log.read_text().strip()}")
        return json.loads(output) | {"processor_seconds": used.ru_utime + used.ru_stime}

    def result(self, name):
        path = self.work / "runs" / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def pretrain(self, size):
        """Random weights, then span corruption, then LM adaptation; the last two are models."""
        model, words = self.work / "models" / f"{size}-random", language.words()
        if not (model / "config.json").exists():
            weights.write_random(model, SIZES[size], words, f"weights {size}")
        for stage, numbers in PRETRAINING.items():
            name, start = f"pretraining-{size}-{stage}", model
            model = self.work / "models" / f"{size}-{stage}"
            if self.result(name):
                continue
            said = self.say(
                name, "train", "--model", start, "--task", "text-to-text", "--method", MODEL,
                "--train", self.data(f"pretraining {stage}", ("input", "target"),
                                     numbers["examples"]),
                "--batch-size", numbers["batch"], "--steps", numbers["steps"], "--warmup",
                numbers["warmup"], "--learning-rate", numbers["rate"], "--optimizer", "adafactor",
                "--adafactor-scaling", "--evaluate-every", 500, "--seed", 1, "--output",
                self.work / "prompts" / name, "--resume")
            weights.write_trained(model, SIZES[size], words, self.work / "prompts" / name)
            write(self.work / "runs" / f"{name}.json", json.dumps(said))
            print(f"{name}: loss {said['epochs'][-1]['loss']:.3f}, {said['seconds']:.0f} s",
                  flush=True)

    def tune(self, run):
        """Trains and scores one prompt or model."""
        method, task, output = run["method"], run["task"], self.work / "prompts" / run["name"]
        model = self.work / "models" / f"{run['size']}-{run['stage']}"
        validation = self.task_data(task, "validation")
        own = (["--adafactor-scaling"] if method == MODEL else
               ["--prompt-length", run["length"], "--prompt-init", run["start"]])
        said = self.say(
            run["name"], "train", "--model", model, "--task", "text-classification", "--method",
            method, "--train", self.task_data(task, "training"), "--validation", validation,
            "--batch-size", plan.BATCH, "--steps", plan.TUNING_STEPS, "--evaluate-every",
            plan.TUNING_STEPS // plan.TUNING_EVALUATIONS, "--optimizer", "adafactor", "--schedule",
            "constant", "--gradient-norm", 0, "--learning-rate", plan.RATES[method],
            "--seed", run["seed"], "--output", output, "--resume", *own)
        scored = self.say(run["name"], "evaluate", "--model", model, "--prompt", f"p={output}",
                          "--by", "generation", validation)
        said["illegal"] = scored["prompts"][0]["illegal"]
        write(self.work / "runs" / f"{run['name']}.json", json.dumps(said))
        shutil.rmtree(output)  # fine-tuned ones are as large as the model
        return said


def tuning_runs():
    """Every training of the comparison once, the longest first."""
    runs = {}

    def add(method, task, size, length=LENGTH, start=START, stage="adaptation"):
        for seed in plan.SEEDS:
            run = {"size": size, "method": method, "task": task, "seed": seed, "stage": stage}
            if method == PROMPT:
                run |= {"length": length, "start": start}
            run["name"] = "-".join(str(value) for value in run.values())
            runs[run["name"]] = run

    for task in language.TASKS:
        for size in SIZES:
            for method in plan.RATES:
                add(method, task, size)
            for length in plan.LENGTHS:
                add(PROMPT, task, size, length=length)
            for start in plan.STARTS:
                add(PROMPT, task, size, start=start)
            add(PROMPT, task, size, stage="corruption")
    return sorted(runs.values(), key=lambda run: (-SIZES[run["size"]]["width"],
                                                  -run.get("length", 0)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--prompter", default=str(REPOSITORY / ".build/release/prompter"))
    parser.add_argument("--work", type=Path, default=REPOSITORY / ".build/studies/scale")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "Documentation/Studies/scale")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1),
                        help="trainings at a time, each with one thread (default: 2)")
    args = parser.parse_args()

    study = Study(args.prompter, args.work / fingerprint())  # another plan is another study
    started, runs = time.time(), tuning_runs()
    for task in language.TASKS:
        for split in plan.EXAMPLES:
            study.task_data(task, split)
    with ThreadPoolExecutor(args.jobs) as pool:
        try:
            # The largest takes longest, so it goes first.
            list(pool.map(study.pretrain, reversed(SIZES)))
            missing = [run for run in runs if not study.result(run["name"])]
            jobs = {pool.submit(study.tune, run): run for run in missing}
            for number, job in enumerate(as_completed(jobs), 1):
                accuracy = job.result()["best"]["metrics"]["accuracy"]
                print(f"{number}/{len(missing)} {jobs[job]['name']}: {accuracy:.3f}", flush=True)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    print(f"{(time.time() - started) / 60:.0f} minutes in this run.")
    report.write_all(study, runs, args.output, args.jobs)


if __name__ == "__main__":
    main()
