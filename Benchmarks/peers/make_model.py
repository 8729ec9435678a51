#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a BERT-base-shaped model with random weights: speed depends on the shape alone.

    make_model.py --tokenizer FOLDER --output FOLDER

The tokenizer is copied from another BERT model's folder, whose vocabulary has the same size.
"""
import argparse
import shutil
from pathlib import Path

import torch
import transformers


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    torch.manual_seed(0)
    model = transformers.BertModel(transformers.BertConfig())
    model.save_pretrained(args.output)
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
        if (args.tokenizer / name).exists():
            shutil.copy(args.tokenizer / name, args.output)


main()
