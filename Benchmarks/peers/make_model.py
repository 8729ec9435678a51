#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a model with random weights: speed depends on the shape alone.

    make_model.py --shape bert-base|modernbert-base|t5-small --tokenizer FOLDER --output FOLDER

The tokenizer is copied from another model's folder; its vocabulary may be smaller.
"""
import argparse
import shutil
from pathlib import Path

import torch
import transformers

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "spiece.model",
                   "special_tokens_map.json")


def make(shape):
    if shape == "bert-base":
        return transformers.BertModel(transformers.BertConfig())
    if shape == "modernbert-base":
        return transformers.ModernBertForMaskedLM(transformers.ModernBertConfig())
    return transformers.T5ForConditionalGeneration(
        transformers.T5Config(vocab_size=32128, decoder_start_token_id=0))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--shape", choices=("bert-base", "modernbert-base", "t5-small"),
                        default="bert-base")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    torch.manual_seed(0)
    make(args.shape).save_pretrained(args.output)
    # A tokenizer.json may say that it needs the file beside it; that file alone says everything.
    names = [name for name in TOKENIZER_FILES if (args.tokenizer / name).exists()]
    for name in ["spiece.model"] if "spiece.model" in names else names:
        if (args.tokenizer / name).exists():
            shutil.copy(args.tokenizer / name, args.output)


main()
