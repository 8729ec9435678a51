# SPDX-License-Identifier: Apache-2.0
"""The report page of the scale study: results.json, charts and README.md, all from the runs."""
import json
import random
import re
import statistics
from datetime import date
from pathlib import Path

import charts
import language
from plan import (BATCH, EXAMPLES, LARGEST, LENGTH, LENGTHS, PRETRAINING, RATES, SEEDS, SIZES,
                  START, STARTS, TUNING_EVALUATIONS, TUNING_STEPS)

PROMPT, MODEL = "prompt-tuning", "fine-tuning"
TASKS = list(language.TASKS)
NAMES = {PROMPT: "prompt tuning", MODEL: "model tuning"}


class Results:
    """The scores of all runs, found by what they have in common."""

    def __init__(self, study, runs):
        self.rows, self.pretraining = [], {}
        for run in runs:
            said = study.result(run["name"])
            self.rows.append(run | {
                "accuracy": said["best"]["metrics"]["accuracy"],
                "majority": said["baseline"]["majority"]["accuracy"],
                "illegal": said["illegal"],
                "history": [epoch["metrics"]["accuracy"] for epoch in said["epochs"]],
                "trained": said["trainable_parameters"],
                "backbone": said["backbone_parameters"], "seconds": round(said["processor_seconds"], 1)})
        for size in SIZES:
            for stage in PRETRAINING:
                said = study.result(f"pretraining-{size}-{stage}")
                self.pretraining[f"{size} {stage}"] = {
                    "parameters": said["backbone_parameters"],
                    "losses": [round(epoch["loss"], 4) for epoch in said["epochs"]],
                    "seconds": round(said["processor_seconds"], 1)}

    @property
    def seconds(self):
        """What the trainings took of processors, but for parts before an interruption."""
        return sum(one["seconds"] for one in [*self.rows, *self.pretraining.values()])

    def parameters(self, size):
        return self.pretraining[f"{size} adaptation"]["parameters"]

    def find(self, task, method=PROMPT, size=LARGEST, length=LENGTH, start=START,
             stage="adaptation"):
        wanted = {"task": task, "method": method, "size": size, "stage": stage}
        if method == PROMPT:
            wanted |= {"length": length, "start": start}
        return [row for row in self.rows if all(row.get(k) == v for k, v in wanted.items())]

    def scores(self, task, **what):
        return [row["accuracy"] for row in self.find(task, **what)]

    def majority(self, task):
        return self.find(task)[0]["majority"]


def shown(scores):
    """Mean and standard deviation in points."""
    return f"{100 * statistics.mean(scores):.1f} ± {100 * statistics.stdev(scores):.1f}"


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


def short(count):
    return f"{count / 1e6:.1f} M" if count >= 1e6 else f"{count / 1e3:.0f} k"


def all_charts(results):
    ticks = [short(results.parameters(size)) for size in SIZES]
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


# --- What the paper says, beside what came out here. Two means are told apart when they differ by
# more than the larger of their spreads and by more than a point.

def difference(first, second):
    """By how many points the first is better, and whether that can be told from chance."""
    gap = 100 * (statistics.mean(first) - statistics.mean(second))
    spread = 100 * max(statistics.stdev(first), statistics.stdev(second))
    return gap, abs(gap) > max(spread, 1)


def verdict(agrees, disagrees):
    return "agrees" if agrees else "disagrees" if disagrees else "not clear"


def verdicts(results):
    for judge in (size_verdict, length_verdict, plateau_verdict, start_verdict, large_start_verdict,
                  stage_verdict):
        for task in TASKS:
            claim, found, word = judge(results, task)
            yield claim, task, found, word


def size_verdict(results, task):
    gaps = [difference(results.scores(task, method=MODEL, size=size),
                       results.scores(task, size=size)) for size in SIZES]
    widest, (last, is_behind) = max(gap for gap, _ in gaps[:-1]), gaps[-1]
    is_behind = is_behind and last > 0
    return ("Model tuning's lead goes as models grow",
            "lead from small to large: " + ", ".join(f"{gap:+.1f}" for gap, _ in gaps),
            verdict(widest > last + 1 and not is_behind, widest <= last and is_behind))


def length_verdict(results, task):
    gap, differs = difference(results.scores(task), results.scores(task, length=LENGTHS[0]))
    return (f"More than {LENGTHS[0]} virtual token helps",
            f"{LENGTH} against {LENGTHS[0]}: {gap:+.1f}",
            verdict(differs and gap > 0, differs and gap < 0))


def plateau_verdict(results, task):
    gap, differs = difference(results.scores(task, length=LENGTHS[-1]), results.scores(task))
    return (f"Beyond {LENGTH} virtual tokens little is gained",
            f"{LENGTHS[-1]} against {LENGTH}: {gap:+.1f}",
            verdict(not differs or gap < 0, True))


def start_verdict(results, task):
    (labels, differs), (words, also) = (
        difference(results.scores(task, start=start), results.scores(task, start="random"))
        for start in ("labels", "vocabulary"))
    return ("Labels and sampled words are better starts than random values (smaller models)",
            f"against random: labels {labels:+.1f}, words {words:+.1f}",
            verdict(differs and labels > 0 and also and words > 0,
                    differs and labels < 0 or also and words < 0))


def large_start_verdict(results, task):
    scores = [results.scores(task, start=start) for start in STARTS]
    means = [statistics.mean(each) for each in scores]
    best, worst = (scores[means.index(pick(means))] for pick in (max, min))
    gap, differs = difference(best, worst)
    return ("The start makes no difference (the largest model)",
            f"best against worst: {gap:+.1f}", verdict(not differs, True))


def stage_verdict(results, task):
    before, after = (results.scores(task, stage=stage) for stage in PRETRAINING)
    gap, differs = difference(after, before)
    return ("LM adaptation helps prompt tuning", f"with against without: {gap:+.1f}",
            verdict(differs and gap > 0, differs and gap < 0))


# --- The page

def illegal(results, task, **what):
    """The share of answers that are no label, in %."""
    return f"{100 * statistics.mean(row['illegal'] for row in results.find(task, **what)):.1f}"


def size_row(results, task, size):
    model, prompt = (results.find(task, method=method, size=size) for method in (MODEL, PROMPT))
    scores = [[row["accuracy"] for row in rows] for rows in (model, prompt)]
    return [f"{results.parameters(size):,}", task, f"{100 * results.majority(task):.1f}",
            *map(shown, scores), f"{difference(*scores)[0]:+.1f}",
            f"{100 * prompt[0]['trained'] / prompt[0]['backbone']:.2f} %"]


def tables(results):
    """The page's tables by their names in the template."""
    def along(head, name, values, of=None):
        columns = [head] + [f"{task}{what}" for task in TASKS for what in ("", ", no label")]
        return table(columns, [
            [(of or {}).get(value, value)] + [cell for task in TASKS for cell in (
                shown(results.scores(task, **{name: value})),
                illegal(results, task, **{name: value}) + " %")] for value in values])

    yield "models", table(
        ["parameters", "width", "layers on each side", "heads", "loss, span corruption",
         "loss, LM adaptation"],
        [[f"{results.parameters(size):,}", shape["width"], shape["layers"], shape["heads"]]
         + [f"{results.pretraining[f'{size} {stage}']['losses'][-1]:.3f}" for stage in PRETRAINING]
         for size, shape in SIZES.items()])
    yield "sizes", table(
        ["parameters", "task", "majority", "model tuning", "prompt tuning", "lead of the model",
         "a prompt's share of the values"],
        [size_row(results, task, size) for task in TASKS for size in SIZES]).replace(
            "| --- | --: |", "| --: | --- |", 1)
    yield "lengths", along("virtual tokens", "length", LENGTHS)
    yield "starts", along("start", "start", STARTS)
    yield "stages", along("pretraining", "stage", PRETRAINING, {
        "corruption": "span corruption alone", "adaptation": "and LM adaptation"})
    yield "verdicts", table(["the paper says", "task", "here, in points", "verdict"],
                            verdicts(results)).replace("--:", "---")


def page(results, jobs):
    examples = {task: language.TASKS[task](random.Random(3)) for task in TASKS}
    counts = [results.parameters(size) for size in SIZES]
    stages = [f"{p['steps']:,} steps of {p['batch']} examples" for p in PRETRAINING.values()]
    values = dict(tables(results)) | {
        "date": date.today().isoformat(),
        "smallest": f"{counts[0]:,}", "largest": f"{counts[-1]:,}",
        "minutes": f"{results.seconds / 60:.0f}", "jobs": jobs,
        "runs": len(results.rows), "pretrainings": len(results.pretraining),
        "batch": BATCH, "seeds": len(SEEDS), "length": LENGTH, "start": START,
        "steps": TUNING_STEPS, "every": TUNING_STEPS // TUNING_EVALUATIONS,
        "prompt_rate": RATES[PROMPT], "model_rate": RATES[MODEL],
        "training": f"{EXAMPLES['training']:,}", "validation": EXAMPLES["validation"],
        "words": len(language.words()), "corruption": stages[0], "adaptation": stages[1],
        "pretraining_rate": PRETRAINING["adaptation"]["rate"],
        "examples": table(["task", "input", "answer"], [
            [task, f"`{text}`", f"`{answer}`"] for task, (text, answer) in examples.items()]
        ).replace("--:", "---")}
    template = (Path(__file__).parent / "report.md").read_text(encoding="utf-8")
    return re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]), template)


def write_all(study, runs, output, jobs):
    results = Results(study, runs)
    output.mkdir(parents=True, exist_ok=True)
    for name, svg in all_charts(results):
        (output / name).write_text(svg, encoding="utf-8")
    (output / "results.json").write_text(json.dumps(
        {"sizes": SIZES, "pretraining": results.pretraining, "runs": results.rows}, indent=1)
        + "\n", encoding="utf-8")
    (output / "README.md").write_text(page(results, jobs), encoding="utf-8")
    print(f"The report is in {output}.")
