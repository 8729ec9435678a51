#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden runs from PyTorch for a tiny random BERT: the numbers that the Swift tests must reproduce.

    python3 -m venv .venv && .venv/bin/pip install -r Scripts/requirements.txt
    .venv/bin/python Scripts/make-fixtures.py [--output Tests/Fixtures/bert]

Writes
    model/                    the backbone as a Hugging Face folder (BertModel with its pooler)
    METHOD-TEXTS-POOLING.safetensors   one golden run each
    peft-prefix/, peft-prefix-projection/, peft-prompt/
                              adapters as PEFT saves them (its model card left out), 5 virtual
                              tokens, 3 labels, beside expected.safetensors: a batch as below
                              and PEFT's logits. For peft-prompt `logits.peft` pools virtual
                              token 0, as PEFT does, and `logits.correct` pools the true [CLS].

Tensors of a golden run; all are float32, the integral ones too, so that one reader serves:
    batch.ids [tokens], batch.segments [tokens], batch.offsets [rows + 1], labels [rows]
                              the rows one after another, without padding
    parameter.NAME            where training starts (fine-tuning: the backbone is model/)
    hidden [tokens, width]    last hidden states of the real tokens
    logits [rows, labels], loss [1]     before any update
    gradient.NAME             of that loss, before clipping
    folded.prompt             (MLP only) the flat prompt that the reparameterization yields
    losses [10], norms [10]   each measured before that step's update; norm of the whole gradient,
                              before clipping

Names of parameters:
    prompt [P, layers * 2 * width]   keys and values: block 2l holds the keys of layer l (counted
                              from 0), block 2l + 1 its values. With a layer range the other
                              layers' blocks are zero, unused, and get a zero gradient.
    embedding [P, width], mlp.0.weight, mlp.0.bias, mlp.2.weight, mlp.2.bias
                              prompt = mlp.2(tanh(mlp.0(embedding))), weights [out, in]
    input [P, width]          word-level vectors that stand before [CLS]
    head.weight [labels, width], head.bias [labels]
    (fine-tuning) the backbone's weights under the names of model/model.safetensors; the pooler
                              only where it is read. A key bias shifts all scores of a query
                              alike, so its true gradient is zero: what stands there is rounding.

The file's metadata holds one key, "case": a JSON object that describes the run.
"""
import argparse
import json
import os
import shutil
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # nothing here comes from a network

import peft
import torch
import torch.nn.functional as F
import transformers
from safetensors.torch import save_file
from torch import nn

WIDTH, HEADS, LAYERS, INNER, VOCABULARY, LABELS = 32, 4, 3, 64, 120, 3
STEPS, WARM_UP, TOTAL, CLIP = 10, 2, 20, 1.0
POOLINGS = ("cls", "mean", "pooler")
TEXTS = ("single", "pair")

# Method -> prompt length, prompted layers (from 0), hidden width of the MLP.
METHODS = {
    "p-tuning-v2": (5, [0, 1, 2], None),
    "p-tuning-v2-mlp": (4, [0, 1, 2], 16),
    "p-tuning-v2-layers": (6, [1, 2], None),
    "prompt-tuning": (3, [], None),
    "head-only": (0, [], None),
    "fine-tuning": (0, [], None),
}


def vocabulary():
    """A small but real WordPiece vocabulary: specials, letters, pieces, marks and words."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = ["##" + c for c in letters] + ["##" + s for s in ("ing", "ed", "er", "ly", "es")]
    marks = list("0123456789.,!?'-")
    words = """the a of and to in is it was for on with this that not good bad film very great
        but dull story play fun never heart best worst long short smart""".split()
    entries = specials + list(letters) + pieces + marks + [w for w in words if len(w) > 1]
    fill = ["##" + a + b for a in "aeiou" for b in "nrst"]
    entries = list(dict.fromkeys(entries + fill))[:VOCABULARY]
    assert len(entries) == VOCABULARY, len(entries)
    return entries


def make_backbone():
    """A BertModel whose numbers are neither tiny nor symmetric: biases and gains are random too."""
    torch.manual_seed(7)
    config = transformers.BertConfig(
        vocab_size=VOCABULARY, hidden_size=WIDTH, num_hidden_layers=LAYERS,
        num_attention_heads=HEADS, intermediate_size=INNER, max_position_embeddings=64,
        type_vocab_size=2, hidden_act="gelu", layer_norm_eps=1e-12, initializer_range=0.2,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    model = transformers.BertModel(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("LayerNorm.weight"):
                parameter.normal_(1.0, 0.15)
            elif name.endswith("bias"):
                parameter.normal_(0.0, 0.1)
            else:
                parameter.normal_(0.0, 0.2)
    return model


class Batch:
    """Five ragged rows; padded only here, for PyTorch."""

    def __init__(self, texts, vocabulary=VOCABULARY, begin=2, end=3):
        generator = torch.Generator().manual_seed(11 if texts == "single" else 12)
        self.texts = texts
        self.lengths = [9, 2, 17, 5, 12] if texts == "single" else [7, 17, 5, 11, 14]
        self.labels = torch.tensor([2, 0, 1, 1, 0])
        self.rows, self.row_segments = [], []
        for length in self.lengths:
            row = torch.randint(5, vocabulary, (length,), generator=generator).tolist()
            row[0], row[-1] = begin, end
            middle = length - 1 if texts == "single" else 1 + length // 3
            row[middle] = end
            self.rows.append(row)
            self.row_segments.append([int(i > middle) for i in range(length)])
        longest = max(self.lengths)
        pad = lambda rows: torch.tensor([r + [0] * (longest - len(r)) for r in rows])
        self.ids, self.segments = pad(self.rows), pad(self.row_segments)
        self.mask = pad([[1] * length for length in self.lengths])

    def tensors(self):
        flat = lambda rows: torch.tensor([float(x) for row in rows for x in row])
        offsets = [0]
        for length in self.lengths:
            offsets.append(offsets[-1] + length)
        return {"batch.ids": flat(self.rows), "batch.segments": flat(self.row_segments),
                "batch.offsets": torch.tensor(offsets).float()}

    def features(self):
        return {"input_ids": self.ids, "token_type_ids": self.segments, "attention_mask": self.mask}


class Trained(nn.Module):
    """What is trained over a backbone: a prompt of a method and a head. `hidden` is a family's."""

    def __init__(self, method, pooling, backbone):
        super().__init__()
        self.method, self.pooling = method, pooling
        self.length, self.layers, hidden = METHODS[method]
        self.backbone = backbone.requires_grad_(method == "fine-tuning")
        layers, width = backbone.config.num_hidden_layers, backbone.config.hidden_size
        torch.manual_seed(100 + 10 * list(METHODS).index(method) + POOLINGS.index(pooling))
        random = lambda *shape, scale: nn.Parameter(torch.randn(*shape) * scale)
        flat = layers * 2 * width
        self.own = nn.ParameterDict()  # dots are not allowed in names here; a slash stands for one
        if hidden:
            self.own["embedding"] = random(self.length, width, scale=1.0)
            self.own["mlp/0/weight"] = random(hidden, width, scale=0.2)
            self.own["mlp/0/bias"] = random(hidden, scale=0.1)
            self.own["mlp/2/weight"] = random(flat, hidden, scale=0.3)
            self.own["mlp/2/bias"] = random(flat, scale=0.1)
        elif self.layers:
            prompt = torch.randn(self.length, layers, 2 * width)
            unprompted = [l for l in range(layers) if l not in self.layers]
            prompt[:, unprompted] = 0
            self.own["prompt"] = nn.Parameter(prompt.reshape(self.length, flat))
        elif self.length:
            words = backbone.get_input_embeddings().weight
            self.own["input"] = random(self.length, words.shape[1], scale=0.3)
        self.own["head/weight"] = random(LABELS, width, scale=0.3)
        self.own["head/bias"] = random(LABELS, scale=0.1)

    def trainable(self):
        """Name -> parameter, the names as in the file."""
        named = {name.replace("/", "."): p for name, p in self.own.items()}
        if self.method == "fine-tuning":
            pooler = self.pooling == "pooler"
            named |= {n: p for n, p in self.backbone.named_parameters()
                      if pooler or not n.startswith("pooler.")}
        return named

    def prompt(self):
        """The flat keys and values [P, layers * 2 * width], or None."""
        if "embedding" not in self.own:
            return self.own["prompt"] if self.layers else None
        inner = F.linear(self.own["embedding"], self.own["mlp/0/weight"], self.own["mlp/0/bias"])
        return F.linear(torch.tanh(inner), self.own["mlp/2/weight"], self.own["mlp/2/bias"])

    def first_position(self):
        """Where the text begins: after a deep prompt, also in layers without one."""
        return self.length if self.layers else 0

    def forward(self, batch):
        """Hidden states [rows, longest, width] of the text alone, and logits."""
        hidden = self.hidden(batch)
        hidden = hidden[:, hidden.shape[1] - batch.ids.shape[1]:]
        if self.pooling == "mean":
            weight = batch.mask[..., None].to(hidden.dtype)
            pooled = (hidden * weight).sum(1) / weight.sum(1)
        else:
            pooled = hidden[:, 0] if self.pooling == "cls" else self.pooler(hidden)
        return hidden, F.linear(pooled, self.own["head/weight"], self.own["head/bias"])

    def pooler(self, hidden):
        return self.backbone.pooler(hidden)


class Prompted(Trained):
    """A BERT classifier with an input prompt or deep prompts, written out from its parts."""

    def __init__(self, method, pooling):
        super().__init__(method, pooling, make_backbone())

    def embed(self, batch):
        """The input of layer 0 with its mask. An input prompt is embedded as words are."""
        parts, rows = self.backbone.embeddings, len(batch.ids)
        words, segments, mask = parts.word_embeddings(batch.ids), batch.segments, batch.mask
        if self.method == "prompt-tuning":
            words = torch.cat([self.own["input"].expand(rows, -1, -1), words], 1)
            segments = F.pad(segments, (self.length, 0))
            mask = F.pad(mask, (self.length, 0), value=1)
        positions = self.first_position() + torch.arange(words.shape[1])
        total = words + parts.position_embeddings(positions) + parts.token_type_embeddings(segments)
        return parts.LayerNorm(total), mask

    def attend(self, layer, hidden, mask, keys_values):
        rows, part = len(hidden), layer.attention.self
        split = lambda x: x.view(x.shape[0], -1, HEADS, WIDTH // HEADS).transpose(1, 2)
        query, key, value = (split(f(hidden)) for f in (part.query, part.key, part.value))
        if keys_values is not None:
            prompt = [split(x[None]).expand(rows, -1, -1, -1) for x in keys_values]
            key, value = torch.cat([prompt[0], key], 2), torch.cat([prompt[1], value], 2)
            mask = F.pad(mask, (self.length, 0), value=1)
        scores = query @ key.transpose(2, 3) / (WIDTH // HEADS) ** 0.5
        scores = scores.masked_fill(mask[:, None, None] == 0, float("-inf"))
        context = (scores.softmax(-1) @ value).transpose(1, 2).reshape(rows, -1, WIDTH)
        return layer.attention.output(context, hidden)

    def hidden(self, batch):
        """Hidden states [rows, longest, width], those of an input prompt before the text's."""
        hidden, mask = self.embed(batch)
        prompt = self.prompt()
        blocks = None if prompt is None else prompt.split(WIDTH, dim=1)
        for index, layer in enumerate(self.backbone.encoder.layer):
            prompted = blocks is not None and index in self.layers
            pair = (blocks[2 * index], blocks[2 * index + 1]) if prompted else None
            attended = self.attend(layer, hidden, mask, pair)
            hidden = layer.output(layer.intermediate(attended), attended)
        return hidden


def train(model, batch, rate, decay):
    """Ten steps on the one batch; losses and gradient norms from before each update."""
    parameters = list(model.trainable().values())
    optimizer = torch.optim.AdamW(
        parameters, lr=rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=decay)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, WARM_UP, TOTAL)
    losses, norms, rates = [], [], []
    for _ in range(STEPS):
        rates.append(schedule.get_last_lr()[0])
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(batch)[1], batch.labels)
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(parameters, CLIP).item())
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return losses, norms, rates


def golden(method, texts, pooling, output, make=Prompted, batch=Batch):
    """Runs one case of the model that `make` makes and writes its file."""
    model, batch = make(method, pooling), batch(texts)
    rate = 5e-4 if method == "fine-tuning" else 1e-2
    decay = 0.01 if texts == "pair" else 0.0
    tensors = batch.tensors() | {"labels": batch.labels.float()}
    for name, parameter in model.trainable().items():
        if method != "fine-tuning" or name.startswith("head."):
            tensors["parameter." + name] = parameter.detach().clone()
    hidden, logits = model(batch)
    loss = F.cross_entropy(logits, batch.labels)
    loss.backward()
    tensors |= {"hidden": hidden[batch.mask == 1], "logits": logits, "loss": loss[None]}
    tensors |= {"gradient." + name: p.grad.clone() for name, p in model.trainable().items()}
    if "embedding" in model.own:
        tensors["folded.prompt"] = model.prompt()
    losses, norms, rates = train(model, batch, rate, decay)
    tensors |= {"losses": torch.tensor(losses), "norms": torch.tensor(norms)}
    exact = train(make(method, pooling).double(), batch, rate, decay)[0]
    check_conditioning(f"{method} {texts} {pooling}", losses, exact)
    case = {
        "method": method, "texts": texts, "pooling": pooling, "prompt_length": model.length,
        "layers": [layer + 1 for layer in model.layers], "mlp_hidden": METHODS[method][2],
        "labels": LABELS, "learning_rate": rate, "weight_decay": decay,
        "weight_decay_applies_to": "every trained parameter", "betas": [0.9, 0.999],
        "epsilon": 1e-8, "clip_norm": CLIP, "schedule": "linear", "warm_up_steps": WARM_UP,
        "total_steps": TOTAL, "steps": STEPS, "learning_rates": rates, "dropout": 0.0,
        "batch": f"{len(batch.lengths)} rows of {batch.lengths} tokens, the same in every step",
    }
    save(tensors, output / f"{method}-{texts}-{pooling}.safetensors", {"case": json.dumps(case)})


def check_conditioning(case, losses, exact):
    """The same run in float64 must give the same losses, else no other program could match them."""
    gap = max(abs(a - b) for a, b in zip(losses, exact))
    assert gap < 1e-5, f"{case}: float32 and float64 losses differ by {gap}"
    assert losses[-1] < losses[0], f"{case}: training did not help: {losses}"


def save(tensors, path, metadata=None):
    save_file({n: t.detach().float().contiguous() for n, t in tensors.items()}, path, metadata)


def classifier(seed=21):
    """BertForSequenceClassification over the tiny backbone, with a random head."""
    config = make_backbone().config
    config.num_labels = LABELS
    model = transformers.BertForSequenceClassification(config).eval()
    model.bert.load_state_dict(make_backbone().state_dict())
    torch.manual_seed(seed)
    with torch.no_grad():
        model.classifier.weight.normal_(0.0, 0.3)
        model.classifier.bias.normal_(0.0, 0.1)
    return model


def check_against_peft(method, texts):
    """PEFT's prefix tuning is right for BERT's pooler: logits and gradients must agree."""
    ours, batch = Prompted(method, "pooler"), Batch(texts)
    hidden = METHODS[method][2]
    base = classifier()
    with torch.no_grad():
        base.classifier.weight.copy_(ours.own["head/weight"])
        base.classifier.bias.copy_(ours.own["head/bias"])
    theirs = peft.get_peft_model(base, peft.PrefixTuningConfig(
        task_type="SEQ_CLS", num_virtual_tokens=ours.length,
        prefix_projection=hidden is not None, encoder_hidden_size=hidden or WIDTH)).eval()
    encoder = theirs.prompt_encoder["default"]
    pairs = {"prompt": encoder.embedding.weight}
    if hidden:
        first, last = encoder.transform[0], encoder.transform[2]
        pairs = {"embedding": encoder.embedding.weight, "mlp/0/weight": first.weight,
                 "mlp/0/bias": first.bias, "mlp/2/weight": last.weight, "mlp/2/bias": last.bias}
    with torch.no_grad():
        for name, parameter in pairs.items():
            parameter.copy_(ours.own[name])
    theirs_out = theirs(**batch.features(), labels=batch.labels)
    theirs_out.loss.backward()
    logits = ours(batch)[1]
    F.cross_entropy(logits, batch.labels).backward()
    gap = (logits - theirs_out.logits).abs().max().item()
    slope = max((ours.own[n].grad - p.grad).abs().max().item() for n, p in pairs.items())
    assert gap < 1e-5 and slope < 1e-5, f"{method} {texts}: PEFT differs by {gap}, {slope}"
    print(f"PEFT agrees on {method} {texts}: logits within {gap:.1e}, gradients within {slope:.1e}")


def check_against_transformers():
    """Without a prompt the written-out model must be transformers' own BertModel."""
    batch, model = Batch("pair"), Prompted("head-only", "cls")
    expected = model.backbone(**batch.features()).last_hidden_state
    gap = ((model(batch)[0] - expected) * batch.mask[..., None]).abs().max().item()
    assert gap < 1e-5, f"the written-out BERT differs from transformers by {gap}"


def interchange(name, config, output):
    """An adapter saved by PEFT itself, and the logits it gives for the pairs."""
    folder, batch = output / name, Batch("pair")
    base = classifier()
    base.name_or_path = "tiny-bert"  # what PEFT writes as base_model_name_or_path
    torch.manual_seed(31)
    adapter = peft.get_peft_model(base, config).eval()
    with torch.no_grad():
        adapter.get_base_model().classifier.bias.normal_(0.0, 0.1)
        logits = adapter(**batch.features()).logits
    adapter.save_pretrained(folder)
    (folder / "README.md").unlink()
    if config.peft_type != peft.PeftType.PROMPT_TUNING:
        expected = {"logits": logits}
    else:
        expected = {"logits.peft": logits, "logits.correct": corrected(adapter, batch)}
    save(batch.tensors() | expected, folder / "expected.safetensors")
    reloaded = peft.PeftModel.from_pretrained(classifier(seed=22), folder).eval()
    with torch.no_grad():
        gap = (reloaded(**batch.features()).logits - logits).abs().max().item()
    assert gap < 1e-5, f"{name}: the saved adapter gives other logits, by {gap}"


def corrected(adapter, batch):
    """What a PEFT input prompt gives when the pooler reads [CLS] instead of virtual token 0."""
    model, head = Prompted("prompt-tuning", "pooler"), adapter.get_base_model().classifier
    prompt = adapter.prompt_encoder["default"].embedding.weight
    model.length = len(prompt)
    model.own["input"] = nn.Parameter(prompt.detach().clone())
    with torch.no_grad():
        for name in ("weight", "bias"):
            model.own["head/" + name].copy_(getattr(head.modules_to_save["default"], name))
        logits = model(batch)[1]
        bert, words = adapter.get_base_model().bert, adapter.word_embeddings(batch.ids)
        pad = lambda values, value: F.pad(values, (len(prompt), 0), value=value)
        hidden = bert(
            inputs_embeds=torch.cat([prompt.expand(len(words), -1, -1), words], 1),
            token_type_ids=pad(batch.segments, 0), attention_mask=pad(batch.mask, 1)
        ).last_hidden_state
        gap = (head(bert.pooler(hidden[:, len(prompt):])) - logits).abs().max().item()
    assert gap < 1e-5, f"the input prompt differs from transformers' hidden states by {gap}"
    return logits


def main():
    parser = argparse.ArgumentParser(description="Makes the golden fixtures of the tiny BERT.")
    parser.add_argument("--output", type=Path, default=Path("Tests/Fixtures/bert"))
    output = parser.parse_args().output
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    shutil.rmtree(output, ignore_errors=True)
    (output / "model").mkdir(parents=True)
    make_backbone().save_pretrained(output / "model")
    (output / "model" / "vocab.txt").write_text("\n".join(vocabulary()) + "\n")
    check_against_transformers()
    for method in ("p-tuning-v2", "p-tuning-v2-mlp"):
        for texts in TEXTS:
            check_against_peft(method, texts)
    for method in METHODS:
        for texts in TEXTS:
            for pooling in POOLINGS:
                # A fine-tuning file holds every weight's gradient: four of the six are enough.
                spared = {("single", "mean"), ("pair", "cls")}
                if method != "fine-tuning" or (texts, pooling) not in spared:
                    golden(method, texts, pooling, output)
    shared = {"task_type": "SEQ_CLS", "num_virtual_tokens": 5}
    projected = {"prefix_projection": True, "encoder_hidden_size": 16}
    interchange("peft-prefix", peft.PrefixTuningConfig(**shared), output)
    interchange("peft-prefix-projection", peft.PrefixTuningConfig(**shared, **projected), output)
    interchange("peft-prompt", peft.PromptTuningConfig(**shared), output)
    size = sum(f.stat().st_size for f in output.rglob("*") if f.is_file())
    print(f"{output}: {size / 1e6:.2f} MB")
    assert size < 2e6, "the fixtures outgrew 2 MB"


if __name__ == "__main__":
    main()
