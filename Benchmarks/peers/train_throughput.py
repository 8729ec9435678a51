#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Training throughput of PyTorch and PEFT on real sentences, one timed pass per request.

    train_throughput.py --model FOLDER --texts train.tsv [--method prefix-tuning] [--once]

The rows are the first batches x batch-size ones of the file, in its order. They are tokenized and
padded to their batch's longest row before any clock starts, and untimed passes warm up. Then the
program prints {"ready": true, ...} and answers each line "run" on stdin with one pass:
{"seconds", "examples", "tokens", "padded_tokens", "loss"}, where `tokens` counts no padding. So a
driver can let it alternate with another program in one sitting. "quit" or the end of stdin ends it.

A step is forward, backward and AdamW, without dropout and clipping; the head reads the pooler.
"""
import argparse
import os
import sys
import time

METHODS = ("prefix-tuning", "prompt-tuning", "p-tuning", "fine-tuning", "head-only")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", required=True, help="the backbone's folder")
    parser.add_argument("--texts", required=True, help="TSV (first column) or JSONL (text)")
    parser.add_argument("--method", choices=METHODS, default="prefix-tuning")
    parser.add_argument("--batches", type=int, default=8, help="steps of one pass")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--prompt-length", type=int, default=20)
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--dtype", default="float32", choices=("float32", "bfloat16", "autocast"),
                        help="bfloat16 casts the model; autocast keeps it in float32")
    parser.add_argument("--attention", choices=("sdpa", "eager"), default="sdpa")
    parser.add_argument("--compile", action="store_true", help="through torch.compile")
    parser.add_argument("--warm-up", type=int, default=1,
                        help="untimed passes; take 3 with --compile, which compiles again in the second")
    parser.add_argument("--threads", type=int, default=int(os.environ.get("OMP_NUM_THREADS", 2)))
    parser.add_argument("--once", action="store_true", help="one pass, without stdin")
    return parser.parse_args()


def build(args, labels):
    """The model of a method, its frozen weights without gradients."""
    import peft
    import torch
    from common import build_classifier, model_type
    dtype = torch.bfloat16 if args.dtype == "bfloat16" else torch.float32
    if model_type(args.model) == "modernbert":
        from written_prefix import WrittenPrefix
        if args.method != "prefix-tuning":
            sys.exit(f"{args.model}: only prefix-tuning is written out for ModernBERT")
        return WrittenPrefix(args.model, labels, args.attention, dtype, args.prompt_length).train()
    model = build_classifier(args.model, labels, args.attention, dtype)
    shared = {"task_type": "SEQ_CLS", "num_virtual_tokens": args.prompt_length}
    if args.method == "prefix-tuning":
        model = peft.get_peft_model(model, peft.PrefixTuningConfig(**shared))
    elif args.method == "prompt-tuning":
        model = peft.get_peft_model(model, peft.PromptTuningConfig(**shared))
    elif args.method == "p-tuning":
        model = peft.get_peft_model(model, peft.PromptEncoderConfig(
            **shared, encoder_hidden_size=model.config.hidden_size))
    elif args.method == "head-only":
        model.bert.requires_grad_(False)
    return model.train()


def make_batches(args, rows, labels):
    """Inputs of every step; rows without a label get the first one, which costs the same."""
    import torch
    import transformers
    from common import tokenize
    tokenizer = transformers.AutoTokenizer.from_pretrained(args.model)
    batches = []
    for first in range(0, len(rows), args.batch_size):
        some = rows[first:first + args.batch_size]
        batch = dict(tokenize(tokenizer, some, args.max_length))
        batch["labels"] = torch.tensor(
            [labels.index(str(row["label"])) if "label" in row else 0 for row in some])
        batches.append(batch)
    return batches


def make_pass(args, model, batches):
    """A function that trains once over all batches and reports it."""
    import torch
    from common import precision
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=args.learning_rate)
    run = torch.compile(model, dynamic=True) if args.compile else model
    computing = precision(args.dtype)
    counts = {
        "examples": sum(len(batch["labels"]) for batch in batches),
        "tokens": sum(int(batch["attention_mask"].sum()) for batch in batches),
        "padded_tokens": sum(batch["input_ids"].numel() for batch in batches)}

    def once():
        start = time.perf_counter()
        for batch in batches:
            optimizer.zero_grad(set_to_none=True)
            with computing():
                loss = run(**batch).loss
            loss.backward()
            optimizer.step()
        seconds = time.perf_counter() - start
        return {"seconds": round(seconds, 6)} | counts | {"loss": round(loss.item(), 6)}

    return once, sum(p.numel() for p in trained)


def main():
    args = parse()
    os.environ["OMP_NUM_THREADS"] = str(args.threads)  # read once, when torch is imported
    import torch
    from common import label_names, read_rows, report
    torch.set_num_threads(args.threads)
    wanted = args.batches * args.batch_size
    rows = read_rows(args.texts, wanted)
    if len(rows) < wanted:
        sys.exit(f"{args.texts}: {len(rows)} rows, {wanted} needed")
    labels = label_names(rows)
    once, parameters = make_pass(
        args, build(args, max(2, len(labels))), make_batches(args, rows, labels))
    for _ in range(args.warm_up):
        once()
    report(args, once, {"trainable_parameters": parameters})


if __name__ == "__main__":
    main()
