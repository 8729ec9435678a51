# SPDX-License-Identifier: Apache-2.0
"""The report page of the scale study: results.json, charts and README.md, all from the runs."""
import json
import random
import re
import statistics
import textwrap
from datetime import date
from pathlib import Path

import charts
import language
from plan import (BATCH, EXAMPLES, LARGEST, LENGTH, LENGTHS, PRETRAINING, RATES, SEEDS, SIZES,
                  START, STARTS, TUNING_EVALUATIONS, TUNING_STEPS)

PROMPT, MODEL = "prompt-tuning", "fine-tuning"
TASKS = list(language.TASKS)
STAGES = {"corruption": "span corruption alone", "adaptation": "then LM adaptation"}
SMALLER = [size for size in SIZES if size != LARGEST]
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
                "backbone": said["backbone_parameters"],
                "seconds": round(said["processor_seconds"], 1)})
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


def chart(results, title, series):
    """A panel for each task, along the sizes; `series` are (name, what to find)."""
    panels = [(task, results.majority(task),
               [(name, [results.scores(task, size=size, **what) for size in SIZES])
                for name, what in series]) for task in TASKS]
    return charts.line_chart(
        title, "validation accuracy in %; dots are seeds, lines join means",
        [short(results.parameters(size)) for size in SIZES], panels, "the model's parameters")


def short(count):
    return f"{count / 1e6:.1f} M" if count >= 1e6 else f"{count / 1e3:.0f} k"


def all_charts(results):
    yield "sizes.svg", chart(
        results, "Prompt tuning and model tuning by size",
        [(NAMES[method], {"method": method}) for method in (PROMPT, MODEL)])
    yield "lengths.svg", chart(
        results, "Prompt length in virtual tokens, by size",
        [(f"{length} token{'s' * (length > 1)}", {"length": length}) for length in LENGTHS])
    yield "starts.svg", chart(
        results, "Where the prompt starts, by size",
        [(start, {"start": start}) for start in STARTS])
    yield "pretraining.svg", chart(
        results, "What the model was pretrained for, by size",
        [(name, {"stage": stage}) for stage, name in STAGES.items()])


# --- What the paper says, beside what came out here. Two means are told apart when they differ by
# more than the larger of their spreads and by more than a point.

def difference(first, second):
    """By how many points the first is better, and whether that can be told from chance."""
    gap = 100 * (statistics.mean(first) - statistics.mean(second))
    spread = 100 * max(statistics.stdev(first), statistics.stdev(second))
    return gap, abs(gap) > max(spread, 1)


def verdict(agrees, disagrees):
    return "agrees" if agrees else "disagrees" if disagrees else "not clear"


def gains(results, task, better, worse, sizes):
    """Differences between two ways at some sizes, as text, and how many are gains and losses."""
    found = [difference(results.scores(task, size=size, **better),
                        results.scores(task, size=size, **worse)) for size in sizes]
    return (", ".join(f"{gap:+.1f}" for gap, _ in found),
            sum(differs and gap > 0 for gap, differs in found),
            sum(differs and gap < 0 for gap, differs in found))


def verdicts(results):
    for judge in (size_verdict, closed_verdict, length_verdict, single_verdict, plateau_verdict,
                  start_verdict, large_start_verdict, stage_verdict):
        for task in TASKS:
            claim, found, word = judge(results, task)
            yield claim, task, found, word


def size_verdict(results, task):
    said, more, less = gains(results, task, {"method": MODEL}, {}, SMALLER)
    last, leads, _ = gains(results, task, {"method": MODEL}, {}, [LARGEST])
    widest = max(map(float, said.split(", ")))
    return ("Model tuning leads while models are small, by less when they are large",
            f"its lead: {said}, {last}",
            verdict(more > less and widest > float(last) + 1, leads and widest <= float(last)))


def closed_verdict(results, task):
    last, leads, _ = gains(results, task, {"method": MODEL}, {}, [LARGEST])
    return ("For the largest, prompt tuning is as good", f"model tuning's lead: {last}",
            verdict(not leads, True))


def length_verdict(results, task):
    said, more, less = gains(results, task, {}, {"length": LENGTHS[0]}, SMALLER)
    return ("One virtual token is too few for all but the largest",
            f"{LENGTH} against {LENGTHS[0]}: {said}", verdict(more > less, less > more))


def single_verdict(results, task):
    said, more, _ = gains(results, task, {}, {"length": LENGTHS[0]}, [LARGEST])
    return ("For the largest, one virtual token is enough",
            f"{LENGTH} against {LENGTHS[0]}: {said}", verdict(not more, True))


def plateau_verdict(results, task):
    said, more, _ = gains(results, task, {"length": LENGTHS[-1]}, {}, SIZES)
    return (f"Beyond {LENGTH} virtual tokens little is gained",
            f"{LENGTHS[-1]} against {LENGTH}: {said}", verdict(not more, more > len(SIZES) / 2))


def start_verdict(results, task):
    labels, more, less = gains(results, task, {"start": "labels"}, {"start": "random"}, SMALLER)
    words, also, fewer = gains(results, task, {"start": "vocabulary"}, {"start": "random"}, SMALLER)
    return ("Smaller models: labels and sampled words are better starts than random values",
            f"labels against random: {labels}; words against random: {words}",
            verdict(more > less and also > fewer, less > more or fewer > also))


def large_start_verdict(results, task):
    scores = sorted((results.scores(task, start=start) for start in STARTS), key=statistics.mean)
    gap, differs = difference(scores[-1], scores[0])
    return ("For the largest, the start makes no difference", f"best against worst: {gap:+.1f}",
            verdict(not differs, True))


def stage_verdict(results, task):
    said, more, less = gains(results, task, {}, {"stage": "corruption"}, SIZES)
    return ("LM adaptation helps prompt tuning", f"with against without: {said}",
            verdict(more > less, less > more))


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
    def along(head, name, values):
        columns = [head, "parameters"] + [f"{task}{what}" for task in TASKS
                                          for what in ("", ", no label")]
        return table(columns, [
            [shown_value, f"{results.parameters(size):,}"] + [cell for task in TASKS for cell in (
                shown(results.scores(task, size=size, **{name: value})),
                illegal(results, task, size=size, **{name: value}) + " %")]
            for value, shown_value in values.items() for size in SIZES])

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
    yield "lengths", along("virtual tokens", "length", {length: length for length in LENGTHS})
    yield "starts", along("start", "start", {start: start for start in STARTS})
    yield "stages", along("pretraining", "stage", STAGES)
    judged = list(verdicts(results))
    words = [row[-1] for row in judged]
    yield "summary", (
        "Of the paper's observations below, each looked for in both tasks, "
        f"{words.count('agrees')} are seen here, {words.count('disagrees')} are contradicted and "
        f"{words.count('not clear')} cannot be told.")
    yield "verdicts", table(
        ["the paper says", "task", "here, in points, small to large", "verdict"],
        judged).replace("--:", "---")


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
    text = re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]), template)
    return "\n\n".join(filled(paragraph) for paragraph in text.split("\n\n"))


def filled(paragraph):
    """Text in lines of a hundred; tables, headings and pictures as they are."""
    if paragraph.startswith(("|", "#", "!")):
        return paragraph
    lines = textwrap.wrap(
        paragraph, 100, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines) + "\n" * paragraph.endswith("\n")


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
