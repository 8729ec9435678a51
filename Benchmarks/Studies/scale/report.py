# SPDX-License-Identifier: Apache-2.0
"""The report page of the scale study: results.json, charts and README.md, all from the runs."""
import json
import os
import platform
import statistics
from datetime import date

import charts
import language
from plan import (BATCH, EXAMPLES, LARGEST, LENGTH, LENGTHS, PRETRAINING, RATES, SEEDS, SIZES, START,
                  STARTS, TUNING_EVALUATIONS, TUNING_STEPS)

PROMPT, MODEL = "prompt-tuning", "fine-tuning"
TASKS = list(language.TASKS)
NAMES = {PROMPT: "prompt tuning", MODEL: "model tuning"}


class Results:
    """The scores of all runs, found by what they have in common."""

    def __init__(self, study, runs):
        self.rows = []
        for run in runs:
            said = json.loads((study.work / "runs" / f"{run['name']}.json").read_text())
            self.rows.append(dict(
                run, accuracy=said["best"]["metrics"]["accuracy"],
                majority=said["baseline"]["majority"]["accuracy"],
                last_accuracy=said["epochs"][-1]["metrics"]["accuracy"],
                loss=said["epochs"][-1]["loss"], trained=said["trainable_parameters"],
                backbone=said["backbone_parameters"], seconds=said["seconds"],
                illegal=said.get("illegal_share")))
        self.pretraining = {}
        for size in SIZES:
            for stage in PRETRAINING:
                said = json.loads(
                    (study.work / "runs" / f"pretraining-{size}-{stage}.json").read_text())
                self.pretraining[f"{size} {stage}"] = dict(
                    parameters=said["backbone_parameters"], loss=said["epochs"][-1]["loss"],
                    seconds=said["seconds"])

    def find(self, task, method=PROMPT, size=LARGEST, length=LENGTH, start=START,
             stage="adaptation"):
        wanted = dict(task=task, method=method, size=size, stage=stage)
        if method == PROMPT:
            wanted.update(length=length, start=start)
        return [row for row in self.rows if all(row.get(k) == v for k, v in wanted.items())]

    def scores(self, task, **what):
        return [row["accuracy"] for row in self.find(task, **what)]

    def majority(self, task):
        return self.find(task)[0]["majority"]


def mean(values):
    return sum(values) / len(values)


def shown(scores):
    """Mean and standard deviation in points."""
    return f"{100 * mean(scores):.1f} ± {100 * statistics.stdev(scores):.1f}"


def table(head, rows):
    """A table in Markdown: a first column of names, numbers after it."""
    ruler = ["---"] + ["--:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in [head, ruler, *rows])


def chart(results, title, subtitle, ticks, series, axis):
    """A panel for each task; `series` are (name, class, what to find at each tick)."""
    panels = [(task, results.majority(task),
               [(name, kind, [results.scores(task, **what) for what in points])
                for name, kind, points in series]) for task in TASKS]
    return charts.line_chart(title, subtitle, ticks, panels, axis)


def all_charts(results):
    parameters = {s: results.pretraining[f"{s} adaptation"]["parameters"] for s in SIZES}
    ticks = [f"{count / 1e6:.2f} M" if count >= 1e6 else f"{count / 1e3:.0f} k"
             for count in parameters.values()]
    said = "validation accuracy in %; dots are seeds, lines join means"
    yield "sizes.svg", chart(
        results, "The gap between prompt tuning and model tuning, by size", said, ticks,
        [(NAMES[MODEL], "b", [dict(method=MODEL, size=s) for s in SIZES]),
         (NAMES[PROMPT], "a", [dict(size=s) for s in SIZES])], "the model's parameters")
    yield "lengths.svg", chart(
        results, f"Prompt length, at {ticks[-1]} parameters", said, [str(n) for n in LENGTHS],
        [(NAMES[PROMPT], "a", [dict(length=n) for n in LENGTHS])], "virtual tokens")
    yield "starts.svg", chart(
        results, f"Where the prompt starts, at {ticks[-1]} parameters", said,
        list(STARTS),
        [(NAMES[PROMPT], "a", [dict(start=s) for s in STARTS])], "initialisation")
    yield "pretraining.svg", chart(
        results, f"What the model was pretrained for, at {ticks[-1]} parameters", said,
        ["span corruption", "and LM adaptation"],
        [(NAMES[PROMPT], "a", [dict(stage=s) for s in PRETRAINING])], "pretraining")


# --- What the paper says, beside what came out here. Differences are in points; two means differ
# when they are further apart than the larger spread of the two, and than a point.

def difference(first, second):
    gap = 100 * (mean(first) - mean(second))
    spread = 100 * max(statistics.stdev(first), statistics.stdev(second))
    return gap, abs(gap) > max(spread, 1)


def verdicts(results):
    yield from (size_verdict(results, task) for task in TASKS)
    for task in TASKS:
        yield length_verdict(results, task, LENGTHS[0], LENGTH, "more virtual tokens help: "
                             f"{LENGTH} beat {LENGTHS[0]}", expects=1)
        yield length_verdict(results, task, LENGTH, LENGTHS[-1],
                             f"beyond {LENGTH} little is gained", expects=0)
    for task in TASKS:
        yield start_verdict(results, task)
    for task in TASKS:
        before, after = (results.scores(task, stage=stage) for stage in PRETRAINING)
        gap, differs = difference(after, before)
        yield (f"{task}: LM adaptation helps prompt tuning", f"{gap:+.1f} points",
               agreement(differs and gap > 0, differs and gap < 0))


def agreement(agrees, disagrees):
    return "agrees" if agrees else "disagrees" if disagrees else "undecided"


def size_verdict(results, task):
    gaps = [difference(results.scores(task, method=MODEL, size=s), results.scores(task, size=s))
            for s in SIZES]
    said = ", ".join(f"{gap:+.1f}" for gap, _ in gaps)
    widest = max(gap for gap, _ in gaps[:-1])
    last = gaps[-1][0]
    return (f"{task}: model tuning's lead shrinks with size and is gone at the largest",
            f"{said} points from the smallest to the largest",
            agreement(widest > last + 1 and not (gaps[-1][1] and last > 0),
                      widest <= last or gaps[-1][1] and last > 0))


def length_verdict(results, task, short, long, claim, expects):
    gap, differs = difference(results.scores(task, length=long),
                              results.scores(task, length=short))
    agrees = (differs and gap > 0) if expects else not (differs and gap > 0)
    disagrees = (differs and gap < 0) if expects else differs and gap > 0
    return f"{task}: {claim}", f"{gap:+.1f} points from {short} to {long}", agreement(
        agrees, disagrees)


def start_verdict(results, task):
    labels, words, chance = (results.scores(task, start=s)
                             for s in ("labels", "vocabulary", "random"))
    gap, differs = difference(labels, chance)
    return (f"{task}: labels and words are better starts than random, less so the larger the model",
            f"labels {shown(labels)}, words {shown(words)}, random {shown(chance)}",
            agreement(differs and gap > 0, differs and gap < 0))


# --- The page

def page(results, seconds):
    text = (language.HERE / "report.md").read_text(encoding="utf-8")
    sizes = []
    for size in SIZES:
        shape, corruption = SIZES[size], results.pretraining[f"{size} corruption"]
        sizes.append([shape["width"], shape["layers"], f"{corruption['parameters']:,}",
                      f"{corruption['loss']:.2f}",
                      f"{results.pretraining[f'{size} adaptation']['loss']:.2f}"])
    values = {
        "date": date.today().isoformat(), "cores": os.cpu_count(), "system": platform.machine(),
        "hours": f"{seconds / 60:.0f} minutes", "runs": len(results.rows), "batch": BATCH,
        "seeds": len(SEEDS), "length": LENGTH, "start": START, "steps": TUNING_STEPS,
        "prompt_rate": RATES[PROMPT], "model_rate": RATES[MODEL],
        "training": EXAMPLES["training"], "validation": EXAMPLES["validation"],
        "models": table(["width", "layers on each side", "parameters", "last loss, span corruption",
                         "last loss, LM adaptation"], sizes),
        "sizes": table(
            ["parameters"] + [f"{t}: {n}" for t in TASKS for n in ("majority", "model tuning",
                                                                   "prompt tuning")]
            + ["prompt's share of the model"],
            [[row[2]] + [cell for task in TASKS for cell in (
                f"{100 * results.majority(task):.1f}",
                shown(results.scores(task, method=MODEL, size=size)),
                shown(results.scores(task, size=size)))]
             + [f"{100 * prompt['trained'] / prompt['backbone']:.2f} %"]
             for size, row in zip(SIZES, sizes) for prompt in results.find(TASKS[0], size=size)[:1]]),
        "lengths": table(["virtual tokens"] + TASKS, [
            [n] + [shown(results.scores(task, length=n)) for task in TASKS] for n in LENGTHS]),
        "starts": table(["start"] + TASKS, [
            [s] + [shown(results.scores(task, start=s)) for task in TASKS]
            for s in STARTS]),
        "stages": table(["pretraining"] + TASKS, [
            [name] + [shown(results.scores(task, stage=stage)) for task in TASKS]
            for stage, name in (("corruption", "span corruption alone"),
                                ("adaptation", "and LM adaptation"))]),
        "verdicts": table(["the paper says", "here", "verdict"], verdicts(results)).replace(
            "--:", "---")}
    for key, value in values.items():
        text = text.replace("{" + key + "}", str(value))
    return text


def write_all(study, runs, output):
    results = Results(study, runs)
    output.mkdir(parents=True, exist_ok=True)
    spent = sum(row["seconds"] for row in results.rows) + sum(
        stage["seconds"] for stage in results.pretraining.values())
    for name, svg in all_charts(results):
        (output / name).write_text(svg, encoding="utf-8")
    (output / "results.json").write_text(json.dumps(
        {"sizes": SIZES, "pretraining": results.pretraining, "training_seconds": round(spent),
         "runs": results.rows}, indent=1) + "\n", encoding="utf-8")
    (output / "README.md").write_text(page(results, spent), encoding="utf-8")
    print(f"The report is in {output}.")
