#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Throughput of PyTorch, transformers and PEFT on text to text, one timed pass per request.

    text_throughput.py --model FOLDER --texts train.tsv --work train|generate [--once]

A T5 with a prompt of PEFT's before the input; its folder has a spiece.model. `train` takes steps of
AdamW on "sentence: TEXT" with the targets `negative` and `positive`; `generate` writes --new-tokens
tokens greedily for each of the same inputs. Rows are tokenized and padded to their batch's longest
before any clock starts. The protocol is that of train_throughput.py.
"""
import argparse
import os
import time


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", required=True, help="the backbone's folder")
    parser.add_argument("--texts", required=True, help="TSV (first column) or JSONL (text)")
    parser.add_argument("--work", choices=("train", "generate"), required=True)
    parser.add_argument("--batches", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--prompt-length", type=int, default=20)
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--dtype", default="float32", choices=("float32", "bfloat16", "autocast"))
    parser.add_argument("--attention", choices=("sdpa", "eager"), default="sdpa")
    parser.add_argument("--threads", type=int, default=int(os.environ.get("OMP_NUM_THREADS", 2)))
    parser.add_argument("--once", action="store_true", help="one pass, without stdin")
    return parser.parse_args()


def make_batches(args, rows):
    """Inputs of every step, and targets where the work is to train."""
    import sentencepiece
    import torch
    pieces = sentencepiece.SentencePieceProcessor(os.path.join(args.model, "spiece.model"))

    def padded(texts, filler):
        ids = [torch.tensor(pieces.encode(text) + [1]) for text in texts]
        return torch.nn.utils.rnn.pad_sequence(ids, True, filler)

    batches = []
    for first in range(0, len(rows), args.batch_size):
        some = rows[first:first + args.batch_size]
        ids = padded(["sentence: " + row["text"] for row in some], 0)
        batch = {"input_ids": ids, "attention_mask": (ids != 0).long()}
        if args.work == "train":
            batch["labels"] = padded(
                ["positive" if str(row.get("label", 0)) == "1" else "negative" for row in some],
                -100)
        batches.append(batch)
    return batches


def make_pass(args, model, batches):
    import torch
    from common import precision
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=args.learning_rate)
    computing = precision(args.dtype)

    def train(batch):
        optimizer.zero_grad(set_to_none=True)
        with computing():
            loss = model(**batch).loss
        loss.backward()
        optimizer.step()

    @torch.no_grad()
    def generate(batch):
        with computing():
            model.generate(**batch, max_new_tokens=args.new_tokens,
                           min_new_tokens=args.new_tokens, do_sample=False, num_beams=1)

    step = {"train": train, "generate": generate}[args.work]

    def once():
        start = time.perf_counter()
        for batch in batches:
            step(batch)
        return {"seconds": round(time.perf_counter() - start, 6),
                "examples": sum(len(batch["input_ids"]) for batch in batches)}

    return once


def main():
    args = parse()
    os.environ["OMP_NUM_THREADS"] = str(args.threads)  # read once, when torch is imported
    import peft
    import torch
    import transformers
    from common import read_rows, report
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    dtype = torch.bfloat16 if args.dtype == "bfloat16" else torch.float32
    model = transformers.T5ForConditionalGeneration.from_pretrained(
        args.model, attn_implementation=args.attention, dtype=dtype)
    model.config.dropout_rate = 0.0
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    model = peft.get_peft_model(model, peft.PromptTuningConfig(
        task_type="SEQ_2_SEQ_LM", num_virtual_tokens=args.prompt_length))
    model = model.train() if args.work == "train" else model.eval()
    rows = read_rows(args.texts, args.batches * args.batch_size)
    once = make_pass(args, model, make_batches(args, rows))
    once()
    report(args, once)


main()
