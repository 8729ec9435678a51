#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inference throughput of PyTorch and PEFT on real sentences, one timed pass per request.

    infer_throughput.py --model FOLDER --texts FILE [--adapters 1] [--window 32] [--method prefix-tuning]

With one adapter, windows of so many queries are answered one after another. With more, each query
names an adapter at random; PEFT cannot mix prompts in a batch, so the queries of a window are
grouped by adapter, as its users do. Rows are tokenized before any clock starts. The protocol is
that of train_throughput.py: {"ready": true}, then one line of figures for each line "run".
"""
import argparse
import os
import random
import time


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", required=True, help="the backbone's folder")
    parser.add_argument("--texts", required=True, help="TSV (first column) or JSONL (text)")
    parser.add_argument("--method", default="prefix-tuning",
                        choices=("prefix-tuning", "prompt-tuning"))
    parser.add_argument("--adapters", type=int, default=1)
    parser.add_argument("--window", type=int, default=32, help="queries answered together")
    parser.add_argument("--queries", type=int, default=640)
    parser.add_argument("--prompt-length", type=int, default=20)
    parser.add_argument("--max-length", type=int, default=108)
    parser.add_argument("--dtype", default="float32", choices=("float32", "bfloat16", "autocast"))
    parser.add_argument("--attention", choices=("sdpa", "eager"), default="sdpa")
    parser.add_argument("--threads", type=int, default=int(os.environ.get("OMP_NUM_THREADS", 2)))
    return parser.parse_args()


def build(args):
    """The classifier with its adapters, all of the same kind."""
    import peft
    import torch
    from common import build_classifier
    dtype = torch.bfloat16 if args.dtype == "bfloat16" else torch.float32
    model = build_classifier(args.model, 2, args.attention, dtype)
    kind = peft.PrefixTuningConfig if args.method == "prefix-tuning" else peft.PromptTuningConfig

    def config():
        return kind(task_type="SEQ_CLS", num_virtual_tokens=args.prompt_length,
                    inference_mode=True)

    model = peft.get_peft_model(model, config(), adapter_name="0")
    for number in range(1, args.adapters):
        model.add_adapter(str(number), config())
    return model.eval()


def make_groups(args, rows):
    """The forward passes of all windows: (adapter, inputs) in the order in which they run."""
    import transformers
    from common import tokenize
    tokenizer = transformers.AutoTokenizer.from_pretrained(args.model)
    chance = random.Random(0)
    owners = [chance.randrange(args.adapters) for _ in rows]
    groups = []
    for first in range(0, len(rows), args.window):
        window = {}
        for place in range(first, min(first + args.window, len(rows))):
            window.setdefault(owners[place], []).append(rows[place])
        for owner, some in window.items():
            groups.append((str(owner), tokenize(tokenizer, some, args.max_length)))
    return groups


def main():
    args = parse()
    os.environ["OMP_NUM_THREADS"] = str(args.threads)  # read once, when torch is imported
    import torch
    from common import answer_runs, precision, read_rows
    torch.set_num_threads(args.threads)
    rows = read_rows(args.texts, args.queries)
    rows = (rows * (args.queries // len(rows) + 1))[:args.queries]
    model, groups = build(args), make_groups(args, rows)
    computing = precision(args.dtype)

    def once():
        start = time.perf_counter()
        with torch.inference_mode(), computing():
            for owner, inputs in groups:
                if args.adapters > 1:
                    model.set_adapter(owner)
                model(**inputs)
        return {"seconds": round(time.perf_counter() - start, 6), "examples": len(rows)}

    once()
    answer_runs(once, vars(args))


if __name__ == "__main__":
    main()
