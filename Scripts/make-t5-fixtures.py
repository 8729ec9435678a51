#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden runs from PyTorch for tiny random T5s: the numbers that the Swift tests must reproduce.

    python3 -m venv .venv && .venv/bin/pip install -r Scripts/requirements.txt
    .venv/bin/python Scripts/make-t5-fixtures.py [--output Tests/Fixtures/t5]

Writes, for each case, NAME/config.json and NAME/model.safetensors as transformers saves them, and
NAME/golden.safetensors; besides buckets.safetensors, the buckets of distances -600 ... 600 as
KIND.BUCKETS.REACH with KIND `causal` or `bidirectional`.

Tensors of a golden run; all are float32, the integral ones too, so that one reader serves:
    batch.ids, batch.offsets        the texts, one after another, without padding
    targets.ids, targets.offsets    what is to be written, the end token included
    input [P, width], decoder_input [Q, width]     the prompts
    hidden [tokens, width]          the encoder's states without a prompt
    logits [target tokens, vocabulary]             teacher-forced, without a prompt
    KIND.logits, KIND.loss          with `input`, and with `both` prompts; the loss is the mean over
                                    all target tokens
    both.gradient.input, both.gradient.decoder_input
    deep [R, layers * 2 * attention width]         keys and values before those of each encoder
                                    layer, at places -R ... -1; blocks as in make-fixtures.py
    deep.hidden, deep.loss, deep.gradient          the loss is the sum of the states times `probe`
    adamw.losses [10]               of both prompts, rate 0.05, no decay, before each step's update
    adafactor.losses [10]           of the encoder's prompt, 8 times `input` at first, under
                                    T5X's rule at the rate 0.3 (see `adafactor`)
    greedy.PROMPT.ids, .offsets     what is written after the start token, the end token included,
                                    with PROMPT `none` or `input`; at most 24 tokens
    beam.PROMPT.KIND.ids, .offsets, .scores        with four beams; KIND `plain`, `eager` (penalty
                                    0.6, early stopping) or `patient` (penalty 2, never stopping)
    gradient.NAME                   (some cases) of the loss without a prompt, for every weight
"""
import argparse
import copy
import json
import os
import shutil
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # nothing here comes from a network

import torch
import transformers
from safetensors.torch import save_file
from torch.nn import functional as F

VOCABULARY, WIDTH, STEPS, LONGEST = 60, 24, 10, 24
TEXT_LENGTHS, TARGET_LENGTHS = [7, 3, 19, 1, 11], [4, 1, 6, 3, 9]
PROMPT, DECODER_PROMPT, DEEP_PROMPT = 5, 3, 4
# Steps of 0.3 from a short prompt would turn it about: rounding alone would decide where it ends.
FAR = 8.0

# Name -> what differs from the defaults below, whether the output has a weight of its own.
CASES = {
    "t5-1.0": (dict(feed_forward_proj="relu", d_kv=8, num_heads=3), False),
    "t5-1.1": (dict(feed_forward_proj="gated-gelu", d_kv=8, num_heads=2), True),
    "gated-silu": (dict(feed_forward_proj="gated-silu", d_kv=8, num_heads=4,
                        relative_attention_num_buckets=8,
                        relative_attention_max_distance=10), True),
    "unequal-depth": (dict(feed_forward_proj="gated-gelu", d_kv=6, num_heads=2, num_layers=3,
                           num_decoder_layers=1), True),
    "mt5": (dict(feed_forward_proj="gated-gelu", d_kv=6, num_heads=4), True),
}
WITH_WEIGHT_GRADIENTS = ("t5-1.0", "t5-1.1")
BEAMS = {"plain": dict(), "eager": dict(length_penalty=0.6, early_stopping=True),
         "patient": dict(length_penalty=2.0, early_stopping="never")}


def make_model(name):
    """A model whose numbers are neither tiny nor symmetric; gains and biases are random too."""
    changes, owns_output = CASES[name]
    family = "MT5" if name == "mt5" else "T5"
    shape = dict(vocab_size=VOCABULARY, d_model=WIDTH, d_ff=40, num_layers=2, dropout_rate=0.0,
                 decoder_start_token_id=0, eos_token_id=1, pad_token_id=0)
    config = getattr(transformers, family + "Config")(
        **shape | changes, **({"tie_word_embeddings": False} if owns_output else {}))
    model = getattr(transformers, family + "ForConditionalGeneration")(config).eval()
    torch.manual_seed(sum(map(ord, name)))
    if owns_output:
        model.lm_head.weight = torch.nn.Parameter(torch.empty(VOCABULARY, WIDTH))
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            if "layer_norm" in key:
                parameter.normal_(1.0, 0.2)
            elif "relative_attention_bias" in key or key.startswith("shared"):
                parameter.normal_(0.0, 1.0)
            elif key == "lm_head.weight":
                parameter.normal_(0.0, 0.5)
            elif key.endswith(".q.weight"):
                parameter.normal_(0.0, 0.25 * model.config.d_kv ** -0.5)
            else:
                parameter.normal_(0.0, 0.25)
        # Ends should come now and then, not never.
        model.lm_head.weight[1] *= 1.7
    return model


class Batch:
    """Ragged rows; padded only here, for PyTorch."""

    def __init__(self):
        generator = torch.Generator().manual_seed(3)
        draw = lambda n: torch.randint(3, VOCABULARY, (n,), generator=generator).tolist()
        self.texts = [draw(n - 1) + [1] for n in TEXT_LENGTHS]
        self.targets = [draw(n - 1) + [1] for n in TARGET_LENGTHS]
        pad = lambda rows, value: torch.tensor(
            [row + [value] * (max(map(len, rows)) - len(row)) for row in rows])
        self.ids, self.labels = pad(self.texts, 0), pad(self.targets, -100)
        self.mask = pad([[1] * len(row) for row in self.texts], 0)

    def tensors(self):
        return ragged("batch", self.texts) | ragged("targets", self.targets)


def ragged(name, rows):
    offsets = [0]
    for row in rows:
        offsets.append(offsets[-1] + len(row))
    return {name + ".ids": torch.tensor(sum(rows, [])), name + ".offsets": torch.tensor(offsets)}


def encoder_inputs(model, batch, prompt):
    vectors = model.shared(batch.ids)
    if prompt is None:
        return vectors, batch.mask
    rows = len(vectors)
    return (torch.cat([prompt.expand(rows, -1, -1), vectors], 1),
            F.pad(batch.mask, (len(prompt), 0), value=1))


def run(model, batch, prompt=None, decoder_prompt=None):
    """The encoder's states, the logits of the target tokens and their mean loss."""
    vectors, mask = encoder_inputs(model, batch, prompt)
    decoder = model.shared(model._shift_right(batch.labels))
    length = 0
    if decoder_prompt is not None:
        length = len(decoder_prompt)
        decoder = torch.cat([decoder_prompt.expand(len(decoder), -1, -1), decoder], 1)
    out = model(inputs_embeds=vectors, attention_mask=mask, decoder_inputs_embeds=decoder)
    logits = out.logits[:, length:][batch.labels >= 0]
    loss = F.cross_entropy(logits, batch.labels[batch.labels >= 0])
    return out.encoder_last_hidden_state, logits, loss


def prompts(model):
    generator = torch.Generator().manual_seed(17)
    make = lambda *shape: torch.nn.Parameter(torch.randn(*shape, generator=generator).to(
        model.shared.weight.dtype))
    c = model.config
    return (make(PROMPT, WIDTH), make(DECODER_PROMPT, WIDTH),
            make(DEEP_PROMPT, c.num_layers * 2 * c.num_heads * c.d_kv))


def deep_encoder(model, batch, table):
    """The encoder written out, with keys and values before each layer's own."""
    c, hidden = model.config, model.shared(batch.ids)
    rows, length = batch.ids.shape
    width, count = c.num_heads * c.d_kv, 0 if table is None else len(table)
    split = lambda x: x.view(x.shape[0], -1, c.num_heads, c.d_kv).transpose(1, 2)
    first = model.encoder.block[0].layer[0].SelfAttention
    distances = torch.arange(-count, length)[None, :] - torch.arange(length)[:, None]
    bias = first.relative_attention_bias(first._relative_position_bucket(
        distances, True, c.relative_attention_num_buckets, c.relative_attention_max_distance))
    mask = F.pad(batch.mask, (count, 0), value=1)[:, None, None, :] == 0
    for index, block in enumerate(model.encoder.block):
        layer = block.layer[0]
        normal = layer.layer_norm(hidden)
        parts = layer.SelfAttention
        query, key, value = (split(f(normal)) for f in (parts.q, parts.k, parts.v))
        if table is not None:
            pair = table[:, 2 * index * width:2 * (index + 1) * width].split(width, 1)
            pair = [split(x[None]).expand(rows, -1, -1, -1) for x in pair]
            key, value = torch.cat([pair[0], key], 2), torch.cat([pair[1], value], 2)
        scores = query @ key.transpose(2, 3) + bias.permute(2, 0, 1)
        context = scores.masked_fill(mask, float("-inf")).softmax(-1) @ value
        hidden = hidden + parts.o(context.transpose(1, 2).reshape(rows, length, width))
        hidden = block.layer[1](hidden)
    return model.encoder.final_layer_norm(hidden)[batch.mask == 1]


def adamw(model, batch):
    prompt, decoder_prompt, _ = prompts(model)
    optimizer = torch.optim.AdamW([prompt, decoder_prompt], lr=0.05, weight_decay=0.0)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = run(model, batch, prompt, decoder_prompt)[2]
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def adafactor(model, batch, rate=0.3, decay=1e-5):
    """T5X's Adafactor as it is set for prompts: no factoring, no parameter scale, no momentum."""
    prompt = prompts(model)[0].detach().mul(FAR).requires_grad_()
    moment, losses = torch.zeros_like(prompt), []
    for step in range(STEPS):
        loss = run(model, batch, prompt)[2]
        gradient, = torch.autograd.grad(loss, [prompt])
        beta = 1.0 - (step + 1.0) ** -0.8
        moment = beta * moment + (1.0 - beta) * (gradient ** 2 + 1e-30)
        update = gradient / moment.sqrt()
        update = update / torch.clamp((update ** 2).mean().sqrt(), min=1.0)
        with torch.no_grad():
            prompt.copy_((1.0 - decay) * prompt - rate * update)  # the decay knows no rate
        losses.append(loss.item())
    return losses


def generate(model, batch, prompt, **options):
    vectors, mask = encoder_inputs(model, batch, prompt)
    out = model.generate(inputs_embeds=vectors, attention_mask=mask, max_new_tokens=LONGEST,
                         do_sample=False, return_dict_in_generate=True, output_scores=True,
                         **options)
    rows = []
    for row in out.sequences[:, 1:].tolist():
        end = row.index(1) + 1 if 1 in row else len(row)
        rows.append(row[:end])
    return rows, getattr(out, "sequences_scores", None)


def written(model, batch, prompt):
    found = {}
    for name, vectors in (("none", None), ("input", prompt)):
        found["greedy." + name] = generate(model, batch, vectors)[0]
        for kind, options in BEAMS.items():
            rows, scores = generate(model, batch, vectors, num_beams=4, **options)
            found[f"beam.{name}.{kind}"] = rows
            found[f"beam.{name}.{kind}.scores"] = scores
    return found


def golden(name, output):
    model, batch = make_model(name), Batch()
    model.save_pretrained(output / name)
    # transformers 5 does not tell in the file what it was told of ties; older versions do.
    path = output / name / "config.json"
    config = json.loads(path.read_text())
    config["tie_word_embeddings"] = not CASES[name][1]
    config.pop("scale_decoder_outputs", None)
    path.write_text(json.dumps(config, indent=2) + "\n")
    (output / name / "generation_config.json").unlink()
    prompt, decoder_prompt, deep = prompts(model)
    tensors = batch.tensors() | {"input": prompt, "decoder_input": decoder_prompt, "deep": deep}
    tensors = {key: value.detach().clone() for key, value in tensors.items()}

    hidden, logits, loss = run(model, batch)
    tensors |= {"hidden": hidden[batch.mask == 1], "logits": logits}
    if name in WITH_WEIGHT_GRADIENTS:
        loss.backward()
        tensors |= {"gradient." + key: p.grad.clone() for key, p in model.named_parameters()}
        tensors |= {"loss": loss[None]}
    _, logits, loss = run(model, batch, prompt)
    tensors |= {"input.logits": logits, "input.loss": loss[None]}
    _, logits, loss = run(model, batch, prompt, decoder_prompt)
    gradients = torch.autograd.grad(loss, [prompt, decoder_prompt])
    tensors |= {"both.logits": logits, "both.loss": loss[None],
                "both.gradient.input": gradients[0], "both.gradient.decoder_input": gradients[1]}

    plain = deep_encoder(model, batch, None)
    gap = (plain - hidden[batch.mask == 1]).abs().max().item()
    assert gap < 1e-5, f"the written-out encoder differs from transformers by {gap}"
    states = deep_encoder(model, batch, deep)
    probe = torch.randn(states.shape, generator=torch.Generator().manual_seed(5))
    loss = (states * probe).sum()
    tensors |= {"deep.hidden": states, "probe": probe, "deep.loss": loss[None],
                "deep.gradient": torch.autograd.grad(loss, [deep])[0]}

    exact = copy.deepcopy(model).double()
    for kind, rule in (("adamw", adamw), ("adafactor", adafactor)):
        losses = rule(model, batch)
        gap = max(abs(a - b) for a, b in zip(losses, rule(exact, batch)))
        # Else no other program could match them.
        assert gap < 2e-5, f"{name} {kind}: float32 and float64 losses differ by {gap}"
        assert losses[-1] < losses[0], f"{name} {kind}: training did not help: {losses}"
        tensors[kind + ".losses"] = torch.tensor(losses)

    with torch.no_grad():
        found, again = written(model, batch, prompt), written(exact, batch, prompt.double())
    for key, rows in found.items():
        if key.endswith("scores"):
            tensors[key] = rows
            continue
        assert rows == again[key], f"{name} {key}: float32 and float64 write different texts"
        tensors |= ragged(key, rows)
    print(name, [len(row) for row in found["greedy.none"]],
          [len(row) for row in found["beam.none.plain"]])
    save(tensors, output / name / "golden.safetensors")


def buckets(output):
    """What transformers makes of distances, for the edges of buckets."""
    function = transformers.models.t5.modeling_t5.T5Attention._relative_position_bucket
    distances, tensors = torch.arange(-600, 601), {}
    for count, reach in ((32, 128), (8, 10), (64, 256), (16, 500)):
        for kind, both in (("causal", False), ("bidirectional", True)):
            tensors[f"{kind}.{count}.{reach}"] = function(distances, both, count, reach)
    save(tensors, output / "buckets.safetensors")


def save(tensors, path):
    save_file({n: t.detach().float().contiguous() for n, t in tensors.items()}, path)


def main():
    parser = argparse.ArgumentParser(description="Makes the golden fixtures of the tiny T5s.")
    parser.add_argument("--output", type=Path, default=Path("Tests/Fixtures/t5"))
    output = parser.parse_args().output
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    buckets(output)
    for name in CASES:
        golden(name, output)
    size = sum(f.stat().st_size for f in output.rglob("*") if f.is_file())
    print(f"{output}: {size / 1e6:.2f} MB")
    assert size < 2e6, "the fixtures outgrew 2 MB"


if __name__ == "__main__":
    main()
