#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden numbers of tagging: scores by seqeval, pieces of words by transformers, a run by PyTorch.

    .venv/bin/pip install -r Scripts/requirements.txt
    .venv/bin/python Scripts/make-tagging-fixtures.py [--output Tests/Fixtures/tagging]

Writes
    scores.tsv        a thousand cases, a line each, of random tags, malformed ones among them:
                      the scheme; the tags that are right and those that are answered, a text each
                      between bars, a letter a word (A is the first of the scheme's tags as
                      tags_of gives them); precision, recall, F1, the accuracy, F1 of the
                      strict mode (`-` for iob1), and for each type its name, precision, recall, F1
                      and support, colons between them
    words.jsonl       words, odd ones among them, with the ids and word_ids of a BERT tokenizer over
                      Tests/Fixtures/tokenizer/vocab.txt, told that they are split into words
    p-tuning-v2.safetensors
                      P-Tuning v2 of the tiny BERT of make-fixtures.py, tagging the sentences that
                      its metadata hold: the tensors of a golden run as there, but that logits are
                      [words, tags], each word's of its first piece, and the loss is the mean over
                      all words
"""
import argparse
import importlib.util
import json
import random
import warnings
from pathlib import Path

import torch
import torch.nn.functional as F
import transformers
from seqeval import scheme as schemes
from seqeval.metrics import accuracy_score, f1_score
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("golden", HERE / "make-fixtures.py")
golden = importlib.util.module_from_spec(spec)
spec.loader.exec_module(golden)
warnings.filterwarnings("ignore")

SCHEMES = {"iob1": "BI", "iob2": "BI", "iobes": "BIES"}
TYPES = ["PER", "LOC", "C-A1"]


def tags_of(scheme):
    return ["O"] + [f"{letter}-{type}" for letter in SCHEMES[scheme] for type in TYPES]


def texts(random, tags):
    """A few texts of random tags; where names are rare as in real ones, or all but well-formed."""
    share = random.choice([0.3, 0.7, 0.95])
    return [[random.choice(tags[1:]) if random.random() < share else "O"
             for _ in range(random.choice([0, 1, 2, 5, 9]))] for _ in range(random.randint(1, 4))]


def answers(random, references, tags):
    """The right tags but for some, all of them, or none at all."""
    wrong = random.choice([0, 0.1, 0.4, 1])
    if random.random() < 0.05:
        return [["O"] * len(text) for text in references]
    return [[random.choice(tags) if random.random() < wrong else tag for tag in text]
            for text in references]


def write_scores(path, count=1000):
    draw = random.Random(5)
    lines = []
    while len(lines) < count:
        scheme = draw.choice(list(SCHEMES))
        types = TYPES[:draw.randint(1, 3)]
        every = tags_of(scheme)
        tags = [tag for tag in every if tag == "O" or tag.split("-", 1)[1] in types]
        references = texts(draw, tags)
        predictions = answers(draw, references, tags)
        if not any(references):
            continue
        p, r, f, _ = precision_recall_fscore_support(
            references, predictions, average="micro", zero_division=0)
        strict = "-"
        if scheme != "iob1":
            try:
                strict = repr(float(f1_score(
                    references, predictions, mode="strict", zero_division=0,
                    scheme={"iob2": schemes.IOB2, "iobes": schemes.IOBES}[scheme])))
            except ValueError:  # no names at all
                strict = "0.0"
        names = sorted({t.split("-", 1)[1] for text in references + predictions for t in text
                        if t != "O"})
        each = precision_recall_fscore_support(
            references, predictions, average=None, zero_division=0) if names else [[]] * 4
        types = [f"{name}:{a!r}:{b!r}:{c!r}:{int(d)}"
                 for name, a, b, c, d in zip(names, *(list(map(float, x)) for x in each))]
        letters = lambda texts: "|".join(
            "".join(chr(65 + every.index(tag)) for tag in text) for text in texts)
        lines.append("\t".join(
            [scheme, letters(references), letters(predictions), repr(float(p)), repr(float(r)),
             repr(float(f)), repr(accuracy_score(references, predictions)), strict] + types))
    path.write_text("\n".join(lines) + "\n")


def write_words(path):
    tokenizer = transformers.BertTokenizerFast(
        vocab=str(HERE.parent / "Tests/Fixtures/tokenizer/vocab.txt"), do_lower_case=True)
    draw = random.Random(6)
    odd = ["", "\u200b", "\x01", "\u00ad", "naïve", "Ångström", "don't", "1-2", "U.S.", "東京都",
           "e\u0301te\u0301", "[SEP]", "[MASK]", "##ing", "a\u00a0b", "New York", "…", "😀", "ﬁne",
           "İstanbul", "x" * 120, "\ufffd", "हिन्दी", "-", "..", "'s", "`", "\u0301"]
    known = [p for p in tokenizer.get_vocab() if p.isalpha()]
    lines = []
    for _ in range(200):
        words = [draw.choice(odd) if draw.random() < 0.3 else
                 draw.choice(known) + draw.choice(["", "", "s", "ing", "."])
                 for _ in range(draw.randint(1, 12))]
        encoding = tokenizer(words, is_split_into_words=True)
        lines.append(json.dumps(
            {"tokens": words, "ids": encoding["input_ids"], "words": encoding.word_ids()},
            ensure_ascii=True))
    path.write_text("\n".join(lines) + "\n")


SENTENCES = [
    ("good film , not bad !", "B-X I-X O O B-X O"),
    ("the storyteller never played well", "O B-X I-X O B-X"),
    ("smart", "I-X"),
    ("it was the worst play for short hearts", "O O O B-X I-X O B-X I-X"),
    ("a great but very dull ending .", "O B-X O O B-X O O"),
]
TAGS = ["B-X", "I-X", "O"]


class Tagging:
    """The sentences, padded only here."""

    def __init__(self, tokenizer):
        self.rows, self.labels, self.reads = [], [], []
        for words, tags in SENTENCES:
            encoding = tokenizer(words.split(), is_split_into_words=True)
            numbers = encoding.word_ids()
            self.rows.append(encoding["input_ids"])
            self.reads.append([numbers.index(word) for word in range(len(words.split()))])
            self.labels += [TAGS.index(tag) for tag in tags.split()]
        longest = max(map(len, self.rows))
        pad = lambda rows: torch.tensor([r + [0] * (longest - len(r)) for r in rows])
        self.ids, self.mask = pad(self.rows), pad([[1] * len(row) for row in self.rows])
        self.segments = torch.zeros_like(self.ids)
        self.labels = torch.tensor(self.labels)


class Tagger(golden.Prompted):
    def forward(self, batch):
        hidden, _ = super().forward(batch)
        read = torch.cat([row[places] for row, places in zip(hidden, batch.reads)])
        return hidden, F.linear(read, self.own["head/weight"], self.own["head/bias"])


def write_run(path):
    tokenizer = transformers.BertTokenizerFast(
        vocab=str(HERE.parent / "Tests/Fixtures/bert/model/vocab.txt"), do_lower_case=True)
    batch, model = Tagging(tokenizer), Tagger("p-tuning-v2", "cls")
    tensors = {"parameter." + n: p.detach().clone() for n, p in model.trainable().items()}
    _, logits = model(batch)
    loss = F.cross_entropy(logits, batch.labels)
    loss.backward()
    tensors |= {"logits": logits, "loss": loss[None]}
    tensors |= {"gradient." + n: p.grad.clone() for n, p in model.trainable().items()}
    losses, norms, rates = golden.train(model, batch, 1e-2, 0.0)
    assert losses[-1] < losses[0], losses
    tensors |= {"losses": torch.tensor(losses), "norms": torch.tensor(norms)}
    sentences = [{"tokens": w.split(), "tags": t.split()} for w, t in SENTENCES]
    golden.save(tensors, path, {"sentences": json.dumps(sentences), "rates": json.dumps(rates)})


def main():
    parser = argparse.ArgumentParser(description="Makes the golden fixtures of tagging.")
    parser.add_argument("--output", default=HERE.parent / "Tests/Fixtures/tagging", type=Path)
    output = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    write_scores(output / "scores.tsv")
    write_words(output / "words.jsonl")
    write_run(output / "p-tuning-v2.safetensors")


main()
