# SPDX-License-Identifier: Apache-2.0
"""What is compared: each work is measured on both sides in turn, round by round."""
import json
import statistics
import subprocess
import sys
from pathlib import Path

from sides import PEER_METHODS, PEER_MODES, ROOT, Peer

# name: (title, kind, method, where the rows or the model differ)
WORKS = {
    "train-p-tuning-v2": ("P-Tuning v2 training, MiniLM", "train", "p-tuning-v2", None),
    "train-equal": ("the same, rows of equal length", "train", "p-tuning-v2", "equal"),
    "train-base": ("P-Tuning v2 training, BERT-base shape", "train", "p-tuning-v2", "base"),
    "train-modernbert": (
        "the same, ModernBERT base, 128 tokens", "train", "p-tuning-v2", "modernbert"),
    "train-prompt-tuning": ("prompt tuning training, MiniLM", "train", "prompt-tuning", None),
    "train-fine-tuning": ("full fine-tuning, MiniLM", "train", "fine-tuning", None),
    "train-qa": ("question answering, P-Tuning v2, 384 tokens, MiniLM", "train-qa", "p-tuning-v2",
                 "questions"),
    "infer": ("inference, one task, MiniLM", "infer", "p-tuning-v2", None),
    "mixed": ("inference, 100 prompts mixed, MiniLM", "mixed", "p-tuning-v2", None),
    "t5-train": ("prompt tuning training, T5-small shape", "text-train", "prompt-tuning", "t5"),
    "t5-generate": ("64 tokens greedily, T5-small shape", "text-generate", "prompt-tuning", "t5"),
}
ADAPTERS = 100
# Our side has no warm-up, so it answers all rows so many times, one after another.
AGAIN = 20


class Bench:
    """Everything that the works share: data, models and the two sides' settings."""

    def __init__(self, args, ours, folder):
        self.args, self.ours, self.folder = args, ours, Path(folder)
        self.model = ours.model_folder(args.model)
        self.texts = sentences(args.texts)
        self.text_batches = min(4, args.batches)

    def data(self, kind):
        """The table of a work, or its rows of questions."""
        count = self.args.batches * 32
        if kind == "questions":
            return self.questions()
        if kind == "modernbert":
            # Far longer than what is read of them.
            return self.table(kind, [" ".join(self.texts[i:i + 32]) for i in range(count)])
        return self.table(
            kind or "first", self.equal_texts(count) if kind == "equal" else self.rows())

    def rows(self):
        """The texts that both sides read."""
        return self.texts[:self.args.batches * 32]

    def table(self, name, texts):
        """A TSV that both sides read; the labels alternate, for speed does not depend on them."""
        path = self.folder / f"{name}.tsv"
        rows = [f"{text}\t{number % 2}" for number, text in enumerate(texts)]
        path.write_text("sentence\tlabel\n" + "\n".join(rows) + "\n", encoding="utf-8")
        return path

    def questions(self, length=384):
        """Questions about texts that fill a row with them, eight to a batch; the answer is a word."""
        import transformers
        tokenizer = transformers.AutoTokenizer.from_pretrained(self.model)
        texts, question, rows = self.texts * 50, "What is it about?", []
        room = length - len(tokenizer(question)["input_ids"]) - 1
        while len(rows) < self.args.batches * 8:
            words, tokens = [], 0
            for word in " ".join(texts[31 * len(rows):]).split():
                tokens += len(tokenizer.tokenize(word))
                if tokens > room:
                    break
                words.append(word)
            place = (37 * len(rows)) % len(words)
            rows.append({"question": question, "context": " ".join(words), "answers": {
                "text": [words[place]],
                "answer_start": [len(" ".join(words[:place])) + (1 if place else 0)]}})
        path = self.folder / "questions.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    def equal_texts(self, wanted):
        """Sentences of the most frequent length in tokens, taken again until there are enough."""
        import transformers
        tokenizer = transformers.AutoTokenizer.from_pretrained(self.model)
        lengths = {}
        for text, ids in zip(self.texts, tokenizer(self.texts)["input_ids"]):
            if len(ids) >= 16:
                lengths.setdefault(len(ids), []).append(text)
        some = max(lengths.values(), key=len)
        return (some * (wanted // len(some) + 1))[:wanted]

    def model_for(self, kind):
        shapes = {"base": ("bert-base", self.model), "t5": ("t5-small", self.args.t5_tokenizer),
                  "modernbert": ("modernbert-base", self.model)}
        if kind not in shapes:
            return self.model
        folder = self.folder / kind
        if not folder.exists():
            shape, tokenizer = shapes[kind]
            subprocess.run([sys.executable, str(ROOT / "Benchmarks/peers/make_model.py"), "--shape",
                            shape, "--tokenizer", tokenizer, "--output", str(folder)],
                           check=True, capture_output=True)
        return folder

    def queries(self):
        """Lines of queries in a random order of tasks, the same each time."""
        path = self.folder / "queries.jsonl"
        path.write_text("".join(
            json.dumps({"task": f"t{(number * 7919) % ADAPTERS}", "text": text}) + "\n"
            for number, text in enumerate(self.rows() * AGAIN)))
        return path

    def run(self, name):
        """Medians, ratios of each round and peak memory of one work."""
        title, kind, method, variant = WORKS[name]
        model, data = self.model_for(variant), self.data(variant)
        peers = {mode: self.peer(kind, method, model, data, mode)
                 for mode in self.args.peer_modes.split(",")}
        if kind in ("infer", "mixed"):
            self.ours.train(model, data, method, epochs=1)
        if kind == "text-generate":
            self.ours.train_texts(model, data, limit=32)
        rounds, memory = [], None
        for number in range(self.args.rounds):
            ours, memory = self.measure(kind, method, model, data)
            theirs = {mode: peer.examples_per_second() for mode, peer in peers.items()}
            rounds.append((ours, theirs))
            shown = ", ".join(f"{mode} {speed:.0f}" for mode, speed in theirs.items())
            print(f"{name} round {number + 1}: {ours:.0f} examples/s; {shown}", file=sys.stderr)
        result = summary(title, rounds)
        result["memory"] = {"ours": memory, "peer": peers["float32"].peak_memory()}
        for peer in peers.values():
            peer.close()
        return {"work": name} | result

    def peer(self, kind, method, model, data, mode):
        if kind == "train-qa":
            return Peer("question_throughput.py", self.args.threads, "--model", model,
                        "--questions", data, "--batches", self.args.batches, *PEER_MODES[mode])
        shared = ["--model", model, "--texts", data, "--method", PEER_METHODS[method],
                  *PEER_MODES[mode]]
        if kind.startswith("text-"):
            return Peer("text_throughput.py", self.args.threads, "--model", model, "--texts", data,
                        "--work", kind.removeprefix("text-"), "--batches", self.text_batches,
                        *PEER_MODES[mode])
        if kind == "train":
            return Peer("train_throughput.py", self.args.threads, *shared,
                        "--batches", self.args.batches)
        adapters = ADAPTERS if kind == "mixed" else 1
        return Peer("infer_throughput.py", self.args.threads, *shared, "--adapters", adapters)

    def measure(self, kind, method, model, data):
        """Our examples per second, and the peak memory of training."""
        if kind == "train":
            report = self.ours.train(model, data, method, "--max-length", 128)
            return report["epochs"][-1]["examples_per_second"], report["peak_memory_bytes"]
        if kind == "train-qa":
            report = self.ours.train_questions(model, data)
            return report["epochs"][-1]["examples_per_second"], report["peak_memory_bytes"]
        if kind == "text-train":
            report = self.ours.train_texts(model, data, limit=32 * self.text_batches)
            return report["epochs"][-1]["examples_per_second"], report["peak_memory_bytes"]
        if kind == "text-generate":
            return self.ours.generate(model, data, 32 * self.text_batches), None
        if kind == "infer":
            return self.ours.evaluate(model, self.table("again", self.rows() * AGAIN)), None
        return self.ours.mixed(model, self.queries(), ADAPTERS), None


def summary(title, rounds):
    """Medians over the rounds; ratios are taken within a round."""
    def ratios(choose):
        return [ours / choose(theirs) for ours, theirs in rounds]

    float32 = ratios(lambda theirs: theirs["float32"])
    fastest = ratios(lambda theirs: max(theirs.values()))
    modes = rounds[0][1].keys()
    return {
        "title": title, "ours": statistics.median(ours for ours, _ in rounds),
        "peer": {mode: statistics.median(theirs[mode] for _, theirs in rounds) for mode in modes},
        "against_float32": {"median": statistics.median(float32), "rounds": float32},
        "against_fastest": {"median": statistics.median(fastest), "rounds": fastest}}


def sentences(path):
    """The sentences to work on: a TSV's first column, or the messages of the demo."""
    if path:
        lines = Path(path).read_text(encoding="utf-8").split("\n")[1:]
        return [line.split("\t")[0] for line in lines if line.strip()]
    lines = (ROOT / "Examples/Data/support-desk/train.jsonl").read_text().splitlines()
    return [json.loads(line)["text"].replace("\t", " ") for line in lines]


LENGTHS = (16, 32, 64, 128)


def tokens_per_second(bench, length):
    """P-Tuning v2 on rows cut to as many tokens, the fewer rows the longer they are."""
    count = 32 * max(2, bench.args.batches * LENGTHS[0] // length)
    texts = [" ".join(bench.texts[number:number + 32]) for number in range(count)]
    report = bench.ours.train(bench.model, bench.table(f"length-{length}", texts), "p-tuning-v2",
                              "--max-length", length)
    return report["epochs"][-1]["tokens_per_second"]


def against_ourselves(bench):
    """How our own speed changes with threads, with the upper half only, and with the rows."""
    ours, model, data = bench.ours, bench.model, bench.data(None)

    def speed(*more, **options):
        return ours.train(model, data, "p-tuning-v2", *more, **options)["epochs"][-1]

    def median(measure):
        return statistics.median(measure() for _ in range(bench.args.rounds))

    pairs = []
    for _ in range(bench.args.rounds):
        full = speed()["examples_per_second"]
        pairs.append((speed(threads=1)["examples_per_second"] / full,
                      speed("--prompt-layers", "4-6", output="upper")["examples_per_second"] / full,
                      speed()["tokens_per_second"],
                      ours.train(model, bench.data("equal"), "p-tuning-v2")["epochs"][-1][
                          "tokens_per_second"]))
    return {
        "threads": bench.args.threads,
        "scaling": statistics.median(1 / pair[0] for pair in pairs),
        "upper_half_from_second_epoch": statistics.median(pair[1] for pair in pairs),
        "equal_rows_over_ragged_tokens_per_second":
            statistics.median(pair[3] / pair[2] for pair in pairs),
        "tokens_per_second_by_length":
            {length: median(lambda: tokens_per_second(bench, length)) for length in LENGTHS},
        "startup_seconds": median(lambda: ours.startup(model))}
