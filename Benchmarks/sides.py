# SPDX-License-Identifier: Apache-2.0
"""The two sides of a comparison: the prompter program, and a PyTorch program that waits for orders."""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEER_METHODS = {"p-tuning-v2": "prefix-tuning", "prompt-tuning": "prompt-tuning",
                "fine-tuning": "fine-tuning", "head-only": "head-only"}
# What a user of the peer may choose: float types and kinds of attention.
PEER_MODES = {"float32": ["--dtype", "float32"],
              "float32-eager": ["--dtype", "float32", "--attention", "eager"],
              "autocast-eager": ["--dtype", "autocast", "--attention", "eager"],
              "bfloat16-eager": ["--dtype", "bfloat16", "--attention", "eager"],
              "autocast": ["--dtype", "autocast"], "bfloat16": ["--dtype", "bfloat16"],
              "bfloat16-compile": ["--dtype", "bfloat16", "--compile", "--warm-up", "3"]}
# What BERT may be fastest in; for newer models all are worth a try.
USUAL_MODES = ("float32", "float32-eager", "autocast-eager", "bfloat16-eager")


def default_peer_modes():
    """Float32 everywhere; bfloat16 where the processor computes in it, else it is far slower."""
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        flags = ""
    has_bfloat16 = "avx512_bf16" in flags or "amx_bf16" in flags
    return ",".join(USUAL_MODES) if has_bfloat16 else "float32,float32-eager"


class Prompter:
    """Our side: runs the program with the same settings each time."""

    def __init__(self, program, threads, precision, folder):
        self.program, self.threads, self.folder = str(program), threads, Path(folder)
        self.precision = precision

    def run(self, command, *arguments):
        if command in ("train", "evaluate", "predict"):
            arguments += ("--precision", self.precision)
        result = subprocess.run([self.program, command, *map(str, arguments)], text=True,
                                capture_output=True)
        if result.returncode:
            sys.exit(f"{' '.join(result.args)}\n{result.stderr}")
        return result

    def model_folder(self, model):
        return json.loads(self.run("model", "inspect", "--model", model, "--json").stdout)["path"]

    def train(self, model, data, method, *more, threads=None, epochs=2, output="prompt"):
        """The report of a run; its last epoch is what counts, for the first one fills buffers."""
        report = self.run(
            "train", "--model", model, "--task", "sst2", "--train", data, "--method", method,
            "--pooling", "pooler", "--epochs", epochs, "--no-shuffle",
            *(["--prompt-dropout", 0] if method == "p-tuning-v2" else []),
            "--backbone-dropout", 0, "--batch-size", 32, "--learning-rate", 1e-3,
            "--threads", threads or self.threads, "--output", self.folder / output, "--overwrite",
            "--json", "--quiet", *more)
        return json.loads(report.stdout)

    def evaluate(self, model, data):
        """Examples per second of one task, tokenizing included."""
        report = self.run("evaluate", "--model", model, "--prompt", self.folder / "prompt", data,
                          "--threads", self.threads, "--json", "--quiet")
        return json.loads(report.stdout)["examples_per_second"]

    def mixed(self, model, queries, prompts):
        """Queries per second over many prompts, reading, tokenizing and writing included."""
        named = []
        for number in range(prompts):
            folder = self.folder / f"prompt-{number}"
            if not folder.exists():
                shutil.copytree(self.folder / "prompt", folder)
            named += ["--prompt", f"t{number}={folder}"]
        report = self.run("predict", "--model", model, *named, queries, "--batch-size", 32,
                          "--threads", self.threads)
        return float(re.search(r"([\d.]+) a second", report.stderr).group(1))

    def train_questions(self, model, data):
        """The report of P-Tuning v2 on questions about long texts; its last epoch is what counts."""
        report = self.run(
            "train", "--model", model, "--task", "question-answering", "--train", data,
            "--method", "p-tuning-v2", "--prompt-length", 20, "--prompt-dropout", 0, "--epochs", 2,
            "--no-shuffle", "--batch-size", 8, "--max-length", 384, "--stride", 128,
            "--learning-rate", 1e-3, "--threads", self.threads, "--output",
            self.folder / "question-prompt", "--overwrite", "--json", "--quiet")
        return json.loads(report.stdout)

    def train_texts(self, model, data, limit):
        """The report of prompt tuning a model that writes; its last epoch is what counts."""
        report = self.run(
            "train", "--model", model, "--task", "text-to-text", "--template",
            "sentence: {sentence}", "--train", self.texts_and_targets(data, limit), "--method",
            "prompt-tuning", "--epochs", 2, "--no-shuffle", "--batch-size", 32, "--learning-rate",
            1e-3, "--threads", self.threads, "--output", self.folder / "text-prompt", "--overwrite",
            "--json", "--quiet")
        return json.loads(report.stdout)

    def texts_and_targets(self, data, limit):
        """The first rows as text to text: sentences and the words for their labels."""
        lines = [line.split("\t") for line in Path(data).read_text().splitlines()[1:limit + 1]]
        path = self.folder / "texts.jsonl"
        path.write_text("".join(
            json.dumps({"sentence": text, "target": ["negative", "positive"][int(label)]}) + "\n"
            for text, label in lines))
        return path

    def generate(self, model, data, count):
        """Texts per second of 64 tokens, greedily chosen."""
        queries = self.texts_and_targets(data, count)
        report = self.run(
            "predict", "--model", model, "--prompt", self.folder / "text-prompt", queries,
            "--batch-size", 32, "--max-new-tokens", 64, "--min-new-tokens", 64, "--threads",
            self.threads)
        return float(re.search(r"([\d.]+) a second", report.stderr).group(1))

    def startup(self, model):
        """Wall time of answering one sentence, everything included: the median of five after one."""
        times = []
        for _ in range(6):
            start = time.perf_counter()
            self.run("predict", "--model", model, "--prompt", self.folder / "prompt", "--text",
                     "A gripping, funny film.", "--threads", 1)
            times.append(time.perf_counter() - start)
        return statistics.median(times[1:])


class Peer:
    """A PyTorch program, warmed up and waiting."""

    def __init__(self, program, threads, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "Benchmarks/peers" / program), "--threads", str(threads),
             *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=dict(os.environ, OMP_NUM_THREADS=str(threads)))
        line = self.process.stdout.readline()
        if not line or not json.loads(line).get("ready"):
            sys.exit(f"The peer did not start:\n{self.process.stderr.read()[-2000:]}")

    def examples_per_second(self):
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        report = json.loads(self.process.stdout.readline())
        return report["examples"] / report["seconds"]

    def peak_memory(self):
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return None
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def close(self):
        self.process.stdin.close()
        self.process.wait()
