#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden runs from transformers for tiny random encoders, of each family that has no script.

    python3 -m venv .venv && .venv/bin/pip install -r Scripts/requirements.txt
    .venv/bin/python Scripts/make-encoder-fixtures.py [--output Tests/Fixtures/encoders] [FAMILY...]

Writes for each family a folder of its name with
    model/                    the backbone as a Hugging Face folder
    METHOD-TEXTS-POOLING.safetensors   one golden run each, as Scripts/make-fixtures.py describes

The models are transformers' own, whole. Nothing in transformers 5 puts keys and values before those
of an encoder, so a prompt of P does it by hand: the models' attention is one of ours, which is given
queries, keys and values and sets the layer's prompt before the last two; every query sees it. The
text begins at position P then, in families that know positions by number, and where scores are
biased by distance the prompt stands right before the text, at positions 0 ..< P.

A new family needs an entry in FAMILIES, and a function `prefixed` of its own if its layers do not
ask ALL_ATTENTION_FUNCTIONS for their attention.
"""
import argparse
import importlib.util
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Callable

import torch
import torch.nn.functional as F
import transformers
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, eager_mask
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS
from transformers.models.deberta_v2.modeling_deberta_v2 import ContextPooler
from transformers.models.modernbert.modeling_modernbert import ModernBertPredictionHead

bert = importlib.util.module_from_spec(spec := importlib.util.spec_from_file_location(
    "make_fixtures", Path(__file__).with_name("make-fixtures.py")))
spec.loader.exec_module(bert)

WIDTH, HEADS, LAYERS, INNER, VOCABULARY, POSITIONS = 24, 3, 3, 40, 60, 40

# What golden runs a family has; "pooler" becomes "cls" where there is none.
CASES = [
    ("p-tuning-v2", "single", "cls"), ("p-tuning-v2", "pair", "mean"),
    ("p-tuning-v2-mlp", "pair", "pooler"), ("p-tuning-v2-layers", "single", "mean"),
    ("prompt-tuning", "single", "mean"), ("prompt-tuning", "pair", "pooler"),
    ("head-only", "pair", "pooler"), ("fine-tuning", "pair", "pooler"),
]


class Prefix:
    """The keys and values that stand before each layer's own while a model runs."""

    def __init__(self, pairs):
        self.pairs = pairs  # a (keys, values) of [P, width] or None for each layer
        self.layer = 0  # the next one that attends

    current = None  # of the model that runs

    @classmethod
    def before(cls, key, value):
        """Keys and values [rows, heads, P + tokens, size] of the layer that attends, and P."""
        layer, cls.current.layer = cls.current.layer, cls.current.layer + 1
        pair = cls.current.pairs[layer]
        if pair is None:
            return key, value, 0
        rows, heads, _, size = key.shape
        split = lambda x: x.view(-1, heads, size).transpose(0, 1).expand(rows, -1, -1, -1)
        return (torch.cat([split(pair[0]), key], 2), torch.cat([split(pair[1]), value], 2),
                len(pair[0]))


def attend(module, query, key, value, attention_mask, scaling=None, **_):
    """Attention as transformers' layers ask for it, with the layer's prompt before its keys."""
    key, value, length = Prefix.before(key, value)
    scores = query @ key.transpose(2, 3) * (query.shape[-1] ** -0.5 if scaling is None else scaling)
    if attention_mask is not None:
        scores = scores + F.pad(attention_mask, (length, 0))
    weights = scores.softmax(-1)
    return (weights @ value).transpose(1, 2).contiguous(), weights


ALL_ATTENTION_FUNCTIONS.register("prefixed", attend)
ALL_MASK_ATTENTION_FUNCTIONS.register("prefixed", eager_mask)


@contextmanager
def by_interface(model):
    """The model attends by `attend`, as all do whose layers ask the interface."""
    model.config._attn_implementation = "prefixed"
    yield


@contextmanager
def mpnet_attention(model):
    """MPNet's layers compute attention themselves; here with a prompt, biased as its place asks."""
    def forward(part, hidden_states, attention_mask=None, position_bias=None, **_):
        heads, size = part.num_attention_heads, part.attention_head_size
        split = lambda x: x.view(*x.shape[:2], heads, size).transpose(1, 2)
        query, key, value = (split(f(hidden_states)) for f in (part.q, part.k, part.v))
        key, value, length = Prefix.before(key, value)
        tokens = hidden_states.shape[1]
        places = torch.arange(-length, tokens)
        buckets = model.encoder.relative_position_bucket(
            places[None, :] - torch.arange(tokens)[:, None])
        bias = model.encoder.relative_attention_bias(buckets).permute(2, 0, 1)[None]
        assert torch.equal(bias[..., length:], position_bias[:1])
        scores = query @ key.transpose(2, 3) / size ** 0.5 + bias
        if attention_mask is not None:
            scores = scores + F.pad(attention_mask, (length, 0))
        heard = (scores.softmax(-1) @ value).transpose(1, 2).flatten(2)
        return (part.o(heard),)

    for layer in model.encoder.layer:
        layer.attention.attn.forward = partial(forward, layer.attention.attn)
    yield


@contextmanager
def deberta_attention(model):
    """DeBERTa's layers compute attention themselves; here with a prompt, whose keys have no place:
    queries meet them by content alone, scaled as all scores are."""
    def forward(part, hidden_states, attention_mask, *_, relative_pos, rel_embeddings, **__):
        heads, size = part.num_attention_heads, part.attention_head_size
        split = lambda x: x.view(*x.shape[:2], heads, size).transpose(1, 2)
        query, key, value = (split(f(hidden_states)) for f in (
            part.query_proj, part.key_proj, part.value_proj))
        parts = 1 + len(part.pos_att_type)
        terms = part.disentangled_attention_bias(
            query.flatten(0, 1), key.flatten(0, 1), relative_pos, rel_embeddings, parts)
        key, value, length = Prefix.before(key, value)
        scores = query @ key.transpose(2, 3) / (size * parts) ** 0.5
        scores = scores + F.pad(terms.view(*query.shape[:3], -1), (length, 0))
        mask = F.pad(attention_mask.bool(), (length, 0), value=True)
        weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1)
        return (weights @ value).transpose(1, 2).flatten(2), None

    for layer in model.encoder.layer:
        layer.attention.self.forward = partial(forward, layer.attention.self)
    yield


class PooledDeBERTa(transformers.DebertaV2Model):
    """With the pooler that transformers has in classifiers alone, under the name it has there."""

    def __init__(self, config):
        super().__init__(config)
        self.pooler = ContextPooler(config)


@dataclass
class Family:
    """How a family of transformers is made and asked."""
    model: type
    config: Callable[..., Any]
    options: dict = field(default_factory=dict)  # of the configuration, beside the usual sizes
    first_position: int = 0  # where a text without a prompt begins
    has_segments: bool = True
    begin: int = 2  # the tokens around a text
    end: int = 3
    pooler: Callable | None = lambda model, hidden: model.pooler(hidden)
    prefixed: Callable = by_interface
    knows_positions: bool = True  # by number, as `position_ids`
    cases: list = field(default_factory=lambda: CASES)

    def make(self):
        """A model whose numbers are neither tiny nor symmetric: biases and gains are random too."""
        torch.manual_seed(7)
        sizes = dict(
            vocab_size=VOCABULARY, hidden_size=WIDTH, num_hidden_layers=LAYERS,
            num_attention_heads=HEADS, intermediate_size=INNER, max_position_embeddings=POSITIONS,
            hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        model = self.model(self.config(**sizes | self.options)).eval()
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if "norm.weight" in name.lower():
                    parameter.normal_(1.0, 0.15)
                else:
                    parameter.normal_(0.0, 0.1 if name.endswith("bias") else 0.2)
        return model

    def batch(self, texts):
        batch = bert.Batch(texts, VOCABULARY, self.begin, self.end)
        if not self.has_segments:
            batch.row_segments = [[0] * length for length in batch.lengths]
            batch.segments = torch.zeros_like(batch.segments)
        return batch


class Prompted(bert.Trained):
    """A classifier over a family's own model with an input prompt or deep prompts."""

    def __init__(self, family, method, pooling):
        super().__init__(method, pooling, family.make())
        self.family = family

    def hidden(self, batch):
        family, rows = self.family, len(batch.ids)
        words = self.backbone.get_input_embeddings()(batch.ids)
        segments, mask = batch.segments, batch.mask
        if self.method == "prompt-tuning":
            words = torch.cat([self.own["input"].expand(rows, -1, -1), words], 1)
            segments = F.pad(segments, (self.length, 0))
            mask = F.pad(mask, (self.length, 0), value=1)
        features = {"inputs_embeds": words, "attention_mask": mask}
        if family.has_segments:
            features["token_type_ids"] = segments
        if family.knows_positions:
            first = family.first_position + self.first_position()
            features["position_ids"] = first + torch.arange(words.shape[1])[None]
        Prefix.current = Prefix(self.pairs())
        with family.prefixed(self.backbone):
            return self.backbone(**features).last_hidden_state

    def pairs(self):
        prompt, count = self.prompt(), self.backbone.config.num_hidden_layers
        if prompt is None:
            return [None] * count
        blocks = prompt.split(self.backbone.config.hidden_size, dim=1)
        return [(blocks[2 * i], blocks[2 * i + 1]) if i in self.layers else None
                for i in range(count)]

    def pooler(self, hidden):
        return self.family.pooler(self.backbone, hidden)


def check_against_transformers(name, family):
    """Without a prompt all must be as transformers has it, positions and masks left to it."""
    batch, model = family.batch("pair"), family.make()
    pad = model.config.pad_token_id
    ids = batch.ids.masked_fill(batch.mask == 0, pad)
    features = {"token_type_ids": batch.segments} if family.has_segments else {}
    with torch.no_grad():
        expected = model(input_ids=ids, attention_mask=batch.mask, **features).last_hidden_state
        hidden = Prompted(family, "head-only", "cls").hidden(batch)
    gap = ((hidden - expected) * batch.mask[..., None]).abs().max().item()
    assert gap < 1e-5, f"{name}: the written-out attention differs from transformers by {gap}"


def modernbert(config):
    """A ModernBERT with the layer that its classifiers have before their heads."""
    model = transformers.ModernBertModel(config)
    model.head = ModernBertPredictionHead(config)
    return model


RoBERTa = dict(pad_token_id=1, bos_token_id=0, eos_token_id=2, type_vocab_size=1,
               layer_norm_eps=1e-5)
FAMILIES = {
    "roberta": Family(
        transformers.RobertaModel, transformers.RobertaConfig, RoBERTa, first_position=2,
        has_segments=False, begin=0, end=2),
    "xlm-roberta": Family(
        transformers.XLMRobertaModel, transformers.XLMRobertaConfig, RoBERTa | dict(pad_token_id=3),
        first_position=4, has_segments=False, begin=0, end=2, cases=CASES[:2] + CASES[4:5]),
    "distilbert": Family(
        transformers.DistilBertModel, transformers.DistilBertConfig,
        dict(hidden_dim=INNER, dropout=0.0, attention_dropout=0.0, activation="gelu"),
        has_segments=False, pooler=None),
    "electra": Family(
        transformers.ElectraModel, transformers.ElectraConfig, dict(embedding_size=16),
        pooler=None),
    "mpnet": Family(
        transformers.MPNetModel, transformers.MPNetConfig, dict(layer_norm_eps=1e-5),
        first_position=2, has_segments=False, begin=0, end=2, prefixed=mpnet_attention),
    "modernbert": Family(
        modernbert, transformers.ModernBertConfig,
        dict(local_attention=6, pad_token_id=0, cls_token_id=2, bos_token_id=2, sep_token_id=3,
             eos_token_id=3),
        has_segments=False, pooler=lambda model, hidden: model.head(hidden[:, 0]),
        knows_positions=False),
    "albert": Family(
        transformers.AlbertModel, transformers.AlbertConfig, dict(embedding_size=16),
        pooler=lambda model, hidden: torch.tanh(model.pooler(hidden[:, 0]))),
    # Version 2: projections of their own, distances cut at 8, positions, segments, a convolution.
    "deberta-v2": Family(
        PooledDeBERTa, transformers.DebertaV2Config,
        dict(relative_attention=True, pos_att_type="c2p|p2c", max_relative_positions=8,
             type_vocab_size=2, conv_kernel_size=3, embedding_size=16),
        prefixed=deberta_attention),
    # Version 3: shared projections, a normalised table, logarithmic buckets, some of them met.
    "deberta-v3": Family(
        transformers.DebertaV2Model, transformers.DebertaV2Config,
        dict(relative_attention=True, pos_att_type=["p2c", "c2p"], position_buckets=8,
             max_relative_positions=16, share_att_key=True, norm_rel_ebd="layer_norm",
             position_biased_input=False, type_vocab_size=0),
        has_segments=False, prefixed=deberta_attention, pooler=None),
}


def main():
    parser = argparse.ArgumentParser(description="Makes the golden fixtures of tiny encoders.")
    parser.add_argument("--output", type=Path, default=Path("Tests/Fixtures/encoders"))
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=", ".join(FAMILIES))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    for name in arguments.families or FAMILIES:
        family, output = FAMILIES[name], arguments.output / name
        shutil.rmtree(output, ignore_errors=True)
        (output / "model").mkdir(parents=True)
        family.make().save_pretrained(output / "model")
        check_against_transformers(name, family)
        for method, texts, pooling in family.cases:
            pooling = "cls" if pooling == "pooler" and family.pooler is None else pooling
            bert.golden(
                method, texts, pooling, output, make=partial(Prompted, family),
                batch=family.batch)
        size = sum(f.stat().st_size for f in output.rglob("*") if f.is_file())
        print(f"{output}: {size / 1e3:.0f} KB")
        assert size < 4e5, "the fixtures outgrew 400 KB"


if __name__ == "__main__":
    main()
