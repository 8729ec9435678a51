#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Tests/Fixtures/text: a tiny T5 that has learnt a little, its tokenizer, and prompts of
PEFT's for it with the logits that PEFT computes.

    python3 -m venv .venv && .venv/bin/pip install -r Scripts/requirements.txt
    .venv/bin/python Scripts/make-text-fixtures.py [--output Tests/Fixtures/text]

  model/              config.json, model.safetensors, tokenizer.json
  peft-prompt/        PROMPT_TUNING for SEQ_2_SEQ_LM, as PEFT saves it
  peft-p-tuning/      P_TUNING for SEQ_2_SEQ_LM, likewise
  peft-prefix/        PREFIX_TUNING for SEQ_2_SEQ_LM, likewise, with the width of keys set by hand:
                      PEFT takes it for that of hidden states
  golden.safetensors  text.ids, text.offsets, target.ids, target.offsets: rows one after another;
                      ADAPTER.logits [target tokens, vocabulary] of each adapter

The model reads a few words. After `mood` it writes the mood of the words, `good`, `bad` or `mixed`;
after `first`, the first of them; without either, as often the one as the other: what a prompt has
to tell it.
"""
import argparse
import json
import os
import random
import shutil
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # nothing here comes from a network

import peft
import torch
import transformers
from safetensors.torch import save_file

FILLING = ("the of and to in is it was for on with this that film story play").split()
TELLING = {"bad": "dull never worst poor".split(), "good": "great fun best smart".split(),
           "mixed": "long short slow loud".split()}
WORDS = FILLING + list(TELLING) + sum(TELLING.values(), []) + ["mood", "first"]
PIECES = ["<pad>", "</s>", "<unk>"] + ["\u2581" + word for word in WORDS] + ["\u2581"]
PIECES += list("abcdefghijklmnopqrstuvwxyz:.,?!0123456789")
VOCABULARY = 96  # the pieces, and places for <extra_id_…>


def tokenizer_json():
    extra = [f"<extra_id_{i}>" for i in reversed(range(VOCABULARY - len(PIECES)))]
    scores = [0.0] * 3 + [-4.0 - 0.01 * i for i in range(len(PIECES) + len(extra) - 3)]
    special = PIECES[:3] + extra
    ids = {piece: i for i, piece in enumerate(PIECES + extra)}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [dict(id=ids[s], content=s, single_word=False, lstrip=False, rstrip=False,
                              normalized=False, special=True) for s in special],
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always",
                          "split": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "</s>", "type_id": 0}},
                     {"Sequence": {"id": "B", "type_id": 0}},
                     {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
        "decoder": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always",
                    "split": True},
        "model": {"type": "Unigram", "unk_id": 2, "byte_fallback": False,
                  "vocab": [[p, s] for p, s in zip(PIECES + extra, scores)]}}


def example(rng):
    mood = rng.choice(list(TELLING))
    words = [rng.choice(FILLING) for _ in range(rng.randrange(4))]
    for _ in range(2):
        words.insert(rng.randrange(len(words) + 1), rng.choice(TELLING[mood]))
    wants_mood = rng.random() < 0.5
    cue = rng.choice([[], ["mood" if wants_mood else "first"]])
    return " ".join(cue + words), mood if wants_mood else words[0]


def padded(rows, value):
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(r) for r in rows], True, value)


def inputs_of(tokenizer, pairs):
    texts = [tokenizer(text)["input_ids"] for text, _ in pairs]
    targets = [tokenizer(target)["input_ids"] for _, target in pairs]
    ids = padded(texts, 0)
    mask = padded([[1] * len(t) for t in texts], 0)
    return texts, targets, dict(input_ids=ids, attention_mask=mask, labels=padded(targets, -100))


def pretrained(tokenizer):
    torch.manual_seed(5)
    model = transformers.T5ForConditionalGeneration(transformers.T5Config(
        vocab_size=VOCABULARY, d_model=32, d_kv=12, num_heads=2, d_ff=64, num_layers=2,
        num_decoder_layers=2, feed_forward_proj="gated-gelu", tie_word_embeddings=False,
        dropout_rate=0.0, decoder_start_token_id=0))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.0)
    rng = random.Random(5)
    for step in range(900):
        batch = inputs_of(tokenizer, [example(rng) for _ in range(48)])[2]
        loss = model(**batch).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"the model's last loss: {loss.item():.3f}")
    return model.eval()


def flat(rows):
    offsets = [0]
    for row in rows:
        offsets.append(offsets[-1] + len(row))
    return torch.tensor(sum(rows, [])).float(), torch.tensor(offsets).float()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--output", type=Path, default=Path("Tests/Fixtures/text"))
    args = parser.parse_args()
    torch.set_num_threads(1)
    shutil.rmtree(args.output, ignore_errors=True)
    folder = args.output / "model"
    folder.mkdir(parents=True)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json(), ensure_ascii=False))
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), eos_token="</s>", pad_token="<pad>",
        unk_token="<unk>")
    pretrained(tokenizer).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)

    rng = random.Random(6)
    texts, targets, batch = inputs_of(tokenizer, [example(rng) for _ in range(6)])
    golden = {}
    golden["text.ids"], golden["text.offsets"] = flat(texts)
    golden["target.ids"], golden["target.offsets"] = flat(targets)
    kinds = {
        "peft-prompt": peft.PromptTuningConfig(
            task_type="SEQ_2_SEQ_LM", num_virtual_tokens=5),
        "peft-p-tuning": peft.PromptEncoderConfig(
            task_type="SEQ_2_SEQ_LM", num_virtual_tokens=4, encoder_hidden_size=16),
        "peft-prefix": peft.PrefixTuningConfig(
            task_type="SEQ_2_SEQ_LM", num_virtual_tokens=6, token_dim=24, num_attention_heads=2)}
    for name, config in kinds.items():
        torch.manual_seed(7)
        model = transformers.T5ForConditionalGeneration.from_pretrained(folder)
        model = peft.get_peft_model(model, config).eval()
        with torch.no_grad():
            logits = model(**batch).logits
        golden[name + ".logits"] = torch.cat(
            [logits[i, :len(target)] for i, target in enumerate(targets)]).contiguous()
        model.save_pretrained(args.output / name)
        (args.output / name / "README.md").unlink(missing_ok=True)
    for file in args.output.glob("peft-*/adapter_config.json"):
        config = json.loads(file.read_text())
        config["base_model_name_or_path"] = "model"
        file.write_text(json.dumps(config, indent=2))
    save_file(golden, args.output / "golden.safetensors")


main()
