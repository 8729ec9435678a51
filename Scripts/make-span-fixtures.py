#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden runs of question answering from PyTorch, for the tiny BERT of make-fixtures.py.

    python3 -m venv .venv && .venv/bin/pip install -r Scripts/requirements.txt
    .venv/bin/python Scripts/make-span-fixtures.py [--output Tests/Fixtures/spans]

Writes METHOD-LENGTH.safetensors beside questions.jsonl, the questions that all have. LENGTH is the
most tokens of a row: at 48 each question has one, at 22 most have several, which share 5 tokens.
Rows are transformers': its tokenizer cuts the windows, and an answer is where `run_qa.py` has it. What
competes is the window's part of the context and [CLS], which stands for no answer; a question's loss
is the mean over its windows of half the two cross-entropies, a step's the mean over questions.

Tensors: batch.ids, batch.segments [tokens], batch.offsets [rows + 1], batch.examples [questions + 1]
(the rows of each), reads [states read] and read.offsets [rows + 1], starts and ends [rows] (among
what is read), parameter.NAME, logits [states read, 2], loss [1], gradient.NAME, losses [10],
norms [10], as in make-fixtures.py, whose model, optimiser and schedule these are.
"""
import argparse
import importlib.util
import json
from pathlib import Path

import torch
import torch.nn.functional as F
import transformers
from torch import nn

spec = importlib.util.spec_from_file_location("bert", Path(__file__).with_name("make-fixtures.py"))
bert = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bert)

QUESTIONS = [
    ("what was dull", "the story was long and dull but the play was fun", "the story"),
    ("who was smart", "it was never good for the film", None),
    ("what was it for", "the best of this film is not the heart but the short story that it was "
     "on and the play with a very great heart in it", "a very great heart"),
    ("was it fun", "bad film", "bad film"),
    ("what is very long", "the film was good and the play was short but the story that was never "
     "told was very long and not fun for the heart of the film", "the story"),
]
STRIDE = 5
METHODS = ("p-tuning-v2", "p-tuning-v2-mlp", "prompt-tuning")


class Windows(bert.Batch):
    """The rows of all questions, and what is read of each."""

    def __init__(self, tokenizer, length):
        found = tokenizer(
            [q for q, _, _ in QUESTIONS], [c for _, c, _ in QUESTIONS], truncation="only_second",
            max_length=length, stride=STRIDE, return_overflowing_tokens=True,
            return_offsets_mapping=True)
        self.rows, self.row_segments = found["input_ids"], found["token_type_ids"]
        self.examples = found["overflow_to_sample_mapping"]
        self.lengths = [len(row) for row in self.rows]
        self.reads, self.starts, self.ends = [], [], []
        for row, example in enumerate(self.examples):
            context = [i for i, s in enumerate(found.sequence_ids(row)) if s == 1]
            start, end = self.place(found["offset_mapping"][row], context, *QUESTIONS[example][1:])
            self.reads.append([0] + context)
            self.starts.append(start)
            self.ends.append(end)
        longest = max(self.lengths)
        pad = lambda rows: torch.tensor([r + [0] * (longest - len(r)) for r in rows])
        self.ids, self.segments = pad(self.rows), pad(self.row_segments)
        self.mask = pad([[1] * length for length in self.lengths])

    @staticmethod
    def place(offsets, context, text, answer):
        """Where the answer is among what is read; 0 if the window has none of it, or not all."""
        first = text.index(answer) if answer else -1
        last = first + len(answer or "")
        if not answer or offsets[context[0]][0] > first or offsets[context[-1]][1] < last:
            return 0, 0
        start = next(i for i in context if offsets[i][1] > first)
        end = next(i for i in reversed(context) if offsets[i][0] < last)
        return context.index(start) + 1, context.index(end) + 1

    def tensors(self):
        count = lambda lists: torch.tensor([0] + [len(x) for x in lists]).cumsum(0).float()
        rows = [[r for r, e in enumerate(self.examples) if e == q] for q in range(len(QUESTIONS))]
        return super().tensors() | {
            "batch.examples": count(rows), "read.offsets": count(self.reads),
            "reads": torch.tensor([float(i) for row in self.reads for i in row]),
            "starts": torch.tensor(self.starts).float(), "ends": torch.tensor(self.ends).float()}


class Reading(bert.Prompted):
    """The prompted model with a head of two scores for each state that is read."""

    def __init__(self, method):
        super().__init__(method, "cls")
        torch.manual_seed(50 + METHODS.index(method))
        self.own["head/weight"] = nn.Parameter(torch.randn(2, bert.WIDTH) * 0.3)
        self.own["head/bias"] = nn.Parameter(torch.randn(2) * 0.1)

    def scores(self, batch):
        hidden = self(batch)[0]
        states = torch.cat([hidden[row, reads] for row, reads in enumerate(batch.reads)])
        return F.linear(states, self.own["head/weight"], self.own["head/bias"])


def loss_of(scores, batch):
    total, first = 0.0, 0
    for row, reads in enumerate(batch.reads):
        own = scores[first:first + len(reads)]
        first += len(reads)
        places = torch.tensor([batch.starts[row], batch.ends[row]])
        windows = batch.examples.count(batch.examples[row])
        total = total + F.cross_entropy(own.T, places, reduction="sum") / 2 / windows
    return total / len(QUESTIONS)


def train(model, batch, rate):
    parameters = list(model.trainable().values())
    optimizer = torch.optim.AdamW(
        parameters, lr=rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, bert.WARM_UP, bert.TOTAL)
    losses, norms = [], []
    for _ in range(bert.STEPS):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model.scores(batch), batch)
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(parameters, bert.CLIP).item())
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return losses, norms


def golden(method, length, tokenizer, output):
    model, batch, rate = Reading(method), Windows(tokenizer, length), 1e-2
    tensors = batch.tensors()
    tensors |= {"parameter." + n: p.detach().clone() for n, p in model.trainable().items()}
    scores = model.scores(batch)
    loss = loss_of(scores, batch)
    loss.backward()
    tensors |= {"logits": scores, "loss": loss[None]}
    tensors |= {"gradient." + n: p.grad.clone() for n, p in model.trainable().items()}
    losses, norms = train(model, batch, rate)
    exact = train(Reading(method).double(), batch, rate)[0]
    assert max(abs(a - b) for a, b in zip(losses, exact)) < 1e-5, "badly conditioned"
    assert losses[-1] < losses[0], losses
    tensors |= {"losses": torch.tensor(losses), "norms": torch.tensor(norms)}
    case = {"method": method, "maximum_length": length, "overlap": STRIDE, "learning_rate": rate,
            "prompt_length": model.length, "mlp_hidden": bert.METHODS[method][2],
            "clip_norm": bert.CLIP, "warm_up_steps": bert.WARM_UP, "total_steps": bert.TOTAL}
    bert.save(tensors, output / f"{method}-{length}.safetensors", {"case": json.dumps(case)})
    print(method, length, len(batch.rows), "rows", losses[0], losses[-1], batch.starts, batch.ends)


def main():
    parser = argparse.ArgumentParser(description="Makes the golden runs of question answering.")
    parser.add_argument("--output", type=Path, default=Path("Tests/Fixtures/spans"))
    output = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    (output / "vocab.txt").write_text("\n".join(bert.vocabulary()) + "\n")
    tokenizer = transformers.BertTokenizerFast(str(output / "vocab.txt"))
    (output / "vocab.txt").unlink()
    (output / "questions.jsonl").write_text("".join(
        json.dumps({"question": q, "context": c, "answers": [a] if a else []}) + "\n"
        for q, c, a in QUESTIONS))
    for method in METHODS:
        for length in (48, 22):
            golden(method, length, tokenizer, output)


if __name__ == "__main__":
    main()
