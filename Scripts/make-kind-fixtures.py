#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden runs from PyTorch for kinds of task that read more than one state or row of an example.

    python3 -m venv .venv && .venv/bin/pip install -r Scripts/requirements.txt
    .venv/bin/python Scripts/make-kind-fixtures.py [--output Tests/Fixtures/kinds]

Model, prompts, batches and training are those of make-fixtures.py, whose `bert/model` the runs are
about; it says what the tensors are. Here

    multiple-choice-METHOD.safetensors
        counts [groups]         the rows of each question, one for each choice
        labels [groups]         the place of the right one
        logits [rows, 1]        the head's value for each row's [CLS]; the loss is the mean over
                                questions of the cross-entropy over their rows
    span-pairs-METHOD.safetensors
        reads [rows, 5]         the places, among a row's tokens, of [CLS] and of the first and last
                                token of each of two spans
        labels [rows]
        logits [rows, labels]   a linear layer over [CLS] and the means of each span's ends side by
                                side: head.weight [3 labels, width] has the layer's three parts below
                                each other, head.bias [3 labels] adds up
"""
import argparse
import importlib.util
import json
from pathlib import Path

import torch
import torch.nn.functional as F
import transformers
from torch import nn

specification = importlib.util.spec_from_file_location(
    "fixtures", Path(__file__).with_name("make-fixtures.py"))
fixtures = importlib.util.module_from_spec(specification)
specification.loader.exec_module(fixtures)

METHODS = ("p-tuning-v2", "p-tuning-v2-mlp", "prompt-tuning")
RATE = 1e-2


class Headed(fixtures.Prompted):
    """The prompted BERT with a head of so many values."""

    def __init__(self, method, outputs):
        super().__init__(method, "cls")
        torch.manual_seed(300 + outputs)
        self.own["head/weight"] = nn.Parameter(torch.randn(outputs, fixtures.WIDTH) * 0.3)
        self.own["head/bias"] = nn.Parameter(torch.randn(outputs) * 0.1)


class Choosing(Headed):
    """A value for each row; those of a question stand in a row of their own, the rest -infinity."""

    def __init__(self, method):
        super().__init__(method, 1)

    def forward(self, batch):
        hidden, values = super().forward(batch)
        groups = values[:, 0].split(batch.counts)
        padded = [F.pad(g, (0, max(batch.counts) - len(g)), value=float("-inf")) for g in groups]
        return hidden, torch.stack(padded)


class SpanPairs(Headed):
    """Labels from three states side by side."""

    def __init__(self, method):
        super().__init__(method, 3 * fixtures.LABELS)

    def forward(self, batch):
        hidden = super().forward(batch)[0]
        rows = torch.arange(len(hidden))[:, None]
        states = hidden[rows, batch.reads]
        read = torch.cat([states[:, 0], states[:, 1:3].mean(1), states[:, 3:5].mean(1)], 1)
        parts = self.own["head/weight"].split(fixtures.LABELS)
        bias = sum(self.own["head/bias"].split(fixtures.LABELS))
        return hidden, F.linear(read, torch.cat(parts, 1), bias)


def choices():
    batch = fixtures.Batch("pair")
    batch.counts, batch.labels = [2, 3], torch.tensor([1, 0])
    return batch, {"counts": torch.tensor(batch.counts)}


def spans():
    batch = fixtures.Batch("pair")
    # Spans of one, two and more tokens, one after another, the other way round, and overlapping.
    places = [[0, 1, 1, 4, 5], [0, 8, 12, 2, 2], [0, 1, 1, 3, 3], [0, 1, 3, 2, 4], [0, 6, 7, 9, 12]]
    batch.reads = torch.tensor(places)
    return batch, {"reads": batch.reads}


def golden(name, make_model, make_batch, method, output):
    """Runs one case and writes its file."""
    model, (batch, more) = make_model(method), make_batch()
    tensors = batch.tensors() | more | {"labels": batch.labels}
    tensors |= {"parameter." + n: p.detach().clone() for n, p in model.trainable().items()}
    logits = model(batch)[1]
    loss = F.cross_entropy(logits, batch.labels)
    loss.backward()
    finite = logits[logits.isfinite()][:, None] if name == "multiple-choice" else logits
    tensors |= {"logits": finite, "loss": loss[None]}
    tensors |= {"gradient." + n: p.grad.clone() for n, p in model.trainable().items()}
    losses, norms, rates = fixtures.train(model, batch, RATE, 0.0)
    exact = fixtures.train(make_model(method).double(), make_batch()[0], RATE, 0.0)[0]
    assert max(abs(a - b) for a, b in zip(losses, exact)) < 1e-5, f"{name} {method} is ill-posed"
    assert losses[-1] < losses[0], f"{name} {method}: training did not help: {losses}"
    tensors |= {"losses": torch.tensor(losses), "norms": torch.tensor(norms)}
    case = {
        "method": method, "prompt_length": model.length,
        "layers": [layer + 1 for layer in model.layers],
        "mlp_hidden": fixtures.METHODS[method][2], "learning_rate": RATE,
        "clip_norm": fixtures.CLIP, "warm_up_steps": fixtures.WARM_UP,
        "total_steps": fixtures.TOTAL, "steps": fixtures.STEPS, "learning_rates": rates}
    fixtures.save(tensors, output / f"{name}-{method}.safetensors", {"case": json.dumps(case)})


def main():
    parser = argparse.ArgumentParser(description="Makes the golden fixtures of kinds of task.")
    parser.add_argument("--output", type=Path, default=Path("Tests/Fixtures/kinds"))
    output = parser.parse_args().output
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    output.mkdir(parents=True, exist_ok=True)
    for method in METHODS:
        golden("multiple-choice", Choosing, choices, method, output)
        golden("span-pairs", SpanPairs, spans, method, output)
    size = sum(f.stat().st_size for f in output.rglob("*") if f.is_file())
    print(f"{output}: {size / 1e3:.0f} kB")
    assert size < 400e3, "the fixtures outgrew 400 kB"


if __name__ == "__main__":
    main()
