#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Training throughput of plain PyTorch on question answering, one timed pass per request.

    question_throughput.py --model FOLDER --questions rows.jsonl [--once]

Trained are keys and values before the text in every layer, and a head of two scores for each token.
PEFT's prefix tuning raises on transformers 5's BERT, so the prefix is written by hand, over the
modules of transformers' BertModel: what somebody would do who wants it today. Rows are tokenized and
padded to their batch's longest before any clock starts; a batch without padding has no mask. It
answers "run" on stdin as train_throughput.py does.
"""
import argparse
import json
import os
import sys
import time


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", required=True, help="the backbone's folder")
    parser.add_argument("--questions", required=True, help="JSONL: question, context, answers")
    parser.add_argument("--batches", type=int, default=8, help="steps of one pass")
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--prompt-length", type=int, default=20)
    parser.add_argument("--max-length", type=int, default=384)
    parser.add_argument("--stride", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--dtype", default="float32", choices=("float32", "bfloat16", "autocast"))
    parser.add_argument("--attention", choices=("sdpa", "eager"), default="sdpa")
    parser.add_argument("--threads", type=int, default=int(os.environ.get("OMP_NUM_THREADS", 2)))
    parser.add_argument("--once", action="store_true", help="one pass, without stdin")
    return parser.parse_args()


def build(args):
    """A module that gives the loss of a batch."""
    import torch
    import torch.nn.functional as F
    import transformers
    from torch import nn
    dtype = torch.bfloat16 if args.dtype == "bfloat16" else torch.float32

    class Reader(nn.Module):
        def __init__(self):
            super().__init__()
            self.bert = transformers.BertModel.from_pretrained(
                args.model, add_pooling_layer=False, dtype=dtype).requires_grad_(False)
            self.config = config = self.bert.config
            torch.manual_seed(0)
            self.prefix = nn.Parameter(0.02 * torch.randn(
                config.num_hidden_layers, 2, args.prompt_length, config.hidden_size, dtype=dtype))
            self.head = nn.Linear(config.hidden_size, 2, dtype=dtype)
            self.eval()  # no dropout

        def attend(self, layer, hidden, mask, prefix):
            rows, part, heads = len(hidden), layer.attention.self, self.config.num_attention_heads
            split = lambda x: x.view(rows, -1, heads, x.shape[-1] // heads).transpose(1, 2)
            key, value = (
                split(torch.cat([own.expand(rows, -1, -1), linear(hidden)], 1))
                for own, linear in zip(prefix, (part.key, part.value)))
            query = split(part.query(hidden))
            if args.attention == "sdpa":
                context = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
            else:
                scores = query @ key.transpose(2, 3) / query.shape[-1] ** 0.5
                if mask is not None:
                    scores = scores.masked_fill(~mask, float("-inf"))
                context = scores.softmax(-1) @ value
            context = context.transpose(1, 2).reshape(rows, -1, self.config.hidden_size)
            return layer.attention.output(context, hidden)

        def forward(self, ids, segments, positions, mask, starts, ends):
            hidden = self.bert.embeddings(
                input_ids=ids, token_type_ids=segments, position_ids=positions)
            for layer, prefix in zip(self.bert.encoder.layer, self.prefix):
                attended = self.attend(layer, hidden, mask, prefix)
                hidden = layer.output(layer.intermediate(attended), attended)
            scores = self.head(hidden).float()
            return (F.cross_entropy(scores[..., 0], starts) +
                    F.cross_entropy(scores[..., 1], ends)) / 2

    return Reader()


def make_batches(args, rows):
    """Inputs of every step; a window without its whole answer points to [CLS]."""
    import torch
    import transformers
    tokenizer = transformers.AutoTokenizer.from_pretrained(args.model)
    batches = []
    for first in range(0, len(rows), args.batch_size):
        some = rows[first:first + args.batch_size]
        found = tokenizer(
            [row["question"] for row in some], [row["context"] for row in some],
            truncation="only_second", max_length=args.max_length, stride=args.stride,
            return_overflowing_tokens=True, return_offsets_mapping=True, padding="longest",
            return_tensors="pt")
        starts, ends = [], []
        for window, example in enumerate(found["overflow_to_sample_mapping"].tolist()):
            row = some[example]
            answer = row["answers"]
            first_one = answer["answer_start"][0]
            span = range(first_one, first_one + len(answer["text"][0]))
            offsets = found["offset_mapping"][window].tolist()
            inside = [i for i, s in enumerate(found.sequence_ids(window)) if s == 1
                      and offsets[i][0] < span.stop and offsets[i][1] > span.start]
            starts.append(inside[0] if inside else 0)
            ends.append(inside[-1] if inside else 0)
        real = found["attention_mask"].bool()
        mask = None
        if not real.all():
            mask = torch.nn.functional.pad(real, (args.prompt_length, 0), value=True)[:, None, None]
        ids = found["input_ids"]
        positions = torch.arange(args.prompt_length, args.prompt_length + ids.shape[1])[None]
        batches.append(((ids, found["token_type_ids"], positions, mask, torch.tensor(starts),
                         torch.tensor(ends)), len(some), int(real.sum())))
    return batches


def make_pass(args, model, batches):
    """A function that trains once over all batches and reports it."""
    import torch
    from common import precision
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=args.learning_rate)
    computing = precision(args.dtype)
    counts = {"examples": sum(count for _, count, _ in batches),
              "tokens": sum(tokens for _, _, tokens in batches)}

    def once():
        start = time.perf_counter()
        for inputs, _, _ in batches:
            optimizer.zero_grad(set_to_none=True)
            with computing():
                loss = model(*inputs)
            loss.backward()
            optimizer.step()
        return {"seconds": round(time.perf_counter() - start, 6)} | counts | {
            "loss": round(loss.item(), 6)}

    return once, sum(p.numel() for p in trained)


def main():
    args = parse()
    os.environ["OMP_NUM_THREADS"] = str(args.threads)  # read once, when torch is imported
    import torch
    from common import report
    torch.set_num_threads(args.threads)
    with open(args.questions, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    wanted = args.batches * args.batch_size
    if len(rows) < wanted:
        sys.exit(f"{args.questions}: {len(rows)} rows, {wanted} needed")
    once, parameters = make_pass(args, build(args), make_batches(args, rows[:wanted]))
    once()
    report(args, once, {"trainable_parameters": parameters})


if __name__ == "__main__":
    main()
