#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tiny random masked language models of each family, and what PyTorch says of masked words.

    python3 -m venv .venv && .venv/bin/pip install -r Scripts/requirements.txt
    .venv/bin/python Scripts/make-masked-head-fixtures.py [--output Tests/Fixtures/masked-heads]

Models and batches are those of make-encoder-fixtures.py with one layer. Writes

    FAMILY/model/                   as transformers saves it, the head included
    FAMILY/logits.safetensors       the rows of a batch without padding, and the logits of every token
                                    at every place [tokens, vocabulary]
    verbalizer-METHOD.safetensors   golden runs of prompts over the frozen head of `bert`, as
                                    make-kind-fixtures.py has them: `reads` [rows, 3] are the places
                                    of one mask and of two; labels have words of one piece and of two,
                                    and a label's score is the mean over its words of the mean logit
                                    of a word's pieces, each at its own mask
"""
import argparse
import importlib.util
import json
import shutil
from dataclasses import replace
from pathlib import Path

import torch
import torch.nn.functional as F
import transformers

encoders = importlib.util.module_from_spec(spec := importlib.util.spec_from_file_location(
    "make_encoder_fixtures", Path(__file__).with_name("make-encoder-fixtures.py")))
spec.loader.exec_module(encoders)
bert = encoders.bert

BERT = encoders.Family(transformers.BertForMaskedLM, transformers.BertConfig)
FAMILIES = {"bert": BERT} | {
    name: replace(encoders.FAMILIES[name], model=model) for name, model in {
        "roberta": transformers.RobertaForMaskedLM, "electra": transformers.ElectraForMaskedLM,
        "distilbert": transformers.DistilBertForMaskedLM, "albert": transformers.AlbertForMaskedLM,
        "mpnet": transformers.MPNetForMaskedLM, "modernbert": transformers.ModernBertForMaskedLM,
    }.items()}

# Two labels; the pieces of their words, one at the first mask or two at the others.
WORDS = [[[17], [8, 33]], [[40], [17, 21]]]
READS = [[3, 4, 5], [1, 8, 9], [2, 1, 3], [5, 6, 7], [4, 9, 10]]
METHODS = ("p-tuning-v2", "prompt-tuning")
RATE = 1e-2


class Verbalized(encoders.Prompted):
    """A frozen masked language model that is asked for words at some places of each row."""

    def __init__(self, method):
        self.whole = None
        super().__init__(BERT, method, "cls")
        del self.own["head/weight"], self.own["head/bias"]
        whole = self.backbone
        self.backbone = whole.bert
        self.decode = whole.cls

    def forward(self, batch):
        hidden = self.hidden(batch)
        hidden = hidden[:, hidden.shape[1] - batch.ids.shape[1]:]
        at = self.decode(hidden)[torch.arange(len(hidden))[:, None], torch.tensor(READS)]
        word = lambda pieces: sum(
            at[:, i + len(pieces) - 1, piece] for i, piece in enumerate(pieces)) / len(pieces)
        scores = [sum(word(w) for w in words) / len(words) for words in WORDS]
        return hidden, torch.stack(scores, 1)


def make_batch():
    batch = BERT.batch("pair")
    batch.labels = batch.labels % 2
    return batch


def golden(method, output):
    model, batch = Verbalized(method), make_batch()
    tensors = batch.tensors() | {"labels": batch.labels, "reads": torch.tensor(READS)}
    tensors |= {"parameter." + n: p.detach().clone() for n, p in model.trainable().items()}
    logits = model(batch)[1]
    loss = F.cross_entropy(logits, batch.labels)
    loss.backward()
    tensors |= {"logits": logits, "loss": loss[None]}
    tensors |= {"gradient." + n: p.grad.clone() for n, p in model.trainable().items()}
    losses, norms, rates = bert.train(model, batch, RATE, 0.0)
    exact = bert.train(Verbalized(method).double(), make_batch(), RATE, 0.0)[0]
    bert.check_conditioning(f"verbalizer {method}", losses, exact)
    tensors |= {"losses": torch.tensor(losses), "norms": torch.tensor(norms)}
    case = {
        "method": method, "prompt_length": model.length, "mlp_hidden": None,
        "learning_rate": RATE, "clip_norm": bert.CLIP, "warm_up_steps": bert.WARM_UP,
        "total_steps": bert.TOTAL, "steps": bert.STEPS, "learning_rates": rates}
    bert.save(tensors, output / f"verbalizer-{method}.safetensors", {"case": json.dumps(case)})


def masked(name, family, output):
    one = replace(family, options=family.options | dict(num_hidden_layers=1))
    model, batch = (family if name == "bert" else one).make(), family.batch("single")
    model.save_pretrained(output / name / "model")
    features = {"token_type_ids": batch.segments} if family.has_segments else {}
    ids = batch.ids.masked_fill(batch.mask == 0, model.config.pad_token_id)
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=batch.mask, **features).logits
    bert.save(
        batch.tensors() | {"logits": logits[batch.mask == 1]}, output / name / "logits.safetensors")


def main():
    parser = argparse.ArgumentParser(description="Makes the fixtures of masked-word heads.")
    parser.add_argument("--output", type=Path, default=Path("Tests/Fixtures/masked-heads"))
    output = parser.parse_args().output
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    shutil.rmtree(output, ignore_errors=True)
    for name, family in FAMILIES.items():
        masked(name, family, output)
    for method in METHODS:
        golden(method, output)
    size = sum(f.stat().st_size for f in output.rglob("*") if f.is_file())
    print(f"{output}: {size / 1e3:.0f} kB")
    assert size < 600e3, "the fixtures outgrew 600 kB"


if __name__ == "__main__":
    main()
