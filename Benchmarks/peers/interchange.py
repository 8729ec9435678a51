#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that a prompt means the same here and in PEFT, in both directions.

    interchange.py --load DIR --model FOLDER --texts FILE.jsonl > peft.jsonl
    interchange.py --train DIR --model FOLDER --data FILE --texts FILE.jsonl > peft.jsonl
    interchange.py --compare prompter.jsonl peft.jsonl [--labels negative,positive]

--load answers the texts with an adapter folder that Prompter (or PEFT) wrote; --train trains a
PREFIX_TUNING adapter with PEFT, saves it and answers the texts; both print one line per text:
{"text", "labels", "probabilities"}. --compare takes two such files, or the lines that
`prompter predict --json` prints, and exits 1 when a probability differs by more than 1e-4. Labels
are matched by name. An adapter that PEFT saved names none: its lines number them, and --labels
gives the names in the head's order where the other file has words.
"""
import argparse
import json
import math
import sys
from pathlib import Path


def labels_of(folder):
    """The labels of an adapter in the order of its head: from prompter.json, else numbered."""
    card = Path(folder) / "prompter.json"
    if card.exists():
        labels = json.loads(card.read_text(encoding="utf-8")).get("labels")
        if labels:
            return [str(label) for label in labels]
    from safetensors import safe_open
    with safe_open(Path(folder) / "adapter_model.safetensors", "pt") as file:
        biases = [name for name in file.keys() if name.endswith("classifier.bias")]
        if not biases:
            sys.exit(f"{folder}: neither prompter.json with labels nor a saved classifier")
        return [str(i) for i in range(file.get_slice(biases[0]).get_shape()[0])]


def answer(model, tokenizer, rows, labels, max_length):
    """Prints the probabilities of each text, one text at a time so that nothing is padded."""
    import torch
    from common import tokenize
    model.eval()
    with torch.inference_mode():
        for row in rows:
            logits = model(**tokenize(tokenizer, [row], max_length)).logits[0]
            line = {"text": row["text"], "labels": labels,
                    "probabilities": logits.double().softmax(-1).tolist()}
            print(json.dumps(line, ensure_ascii=False))


def load(args):
    import peft
    import transformers
    from common import build_classifier, read_rows
    labels = labels_of(args.load)
    model = peft.PeftModel.from_pretrained(build_classifier(args.model, len(labels)), args.load)
    tokenizer = transformers.AutoTokenizer.from_pretrained(args.model)
    answer(model, tokenizer, read_rows(args.texts), labels, args.max_length)


def train(args):
    import peft
    import torch
    import transformers
    from common import build_classifier, label_names, read_rows, tokenize
    rows = read_rows(args.data)
    labels = label_names(rows)
    tokenizer = transformers.AutoTokenizer.from_pretrained(args.model)
    torch.manual_seed(args.seed)
    base = build_classifier(args.model, len(labels))
    model = peft.get_peft_model(base, peft.PrefixTuningConfig(
        task_type="SEQ_CLS", num_virtual_tokens=args.prompt_length,
        prefix_projection=args.projection)).train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=args.learning_rate)
    for step in range(args.steps):
        first = step * args.batch_size
        some = [rows[(first + i) % len(rows)] for i in range(args.batch_size)]
        targets = torch.tensor([labels.index(str(row["label"])) for row in some])
        loss = model(**tokenize(tokenizer, some, args.max_length), labels=targets).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(f"step {step + 1}: loss {loss.item():.4f}", file=sys.stderr)
    model.save_pretrained(args.train)
    # The saved adapter is asked, not the model in memory: that is what the other side reads.
    loaded = peft.PeftModel.from_pretrained(build_classifier(args.model, len(labels)), args.train)
    answer(loaded, tokenizer, read_rows(args.texts), labels, args.max_length)


def number(label):
    """The index a label stands for when it is only a number or LABEL_n, else None."""
    digits = label.removeprefix("LABEL_")
    return int(digits) if digits.isdecimal() else None


def probabilities(line, place):
    """Label -> probability of one line of either kind."""
    record = json.loads(line)
    if "error" in record:
        sys.exit(f"{place}: {record['error']}")
    if "text" in record and "probability" in record:
        return {record["text"]: record["probability"]}  # a text that was written
    values = record.get("probabilities")
    if isinstance(values, list):
        values = dict(zip(record.get("labels") or map(str, range(len(values))), values))
    if not isinstance(values, dict) or not values:
        sys.exit(f"{place}: no probabilities")
    return values


def difference(first, second, names, place):
    """The largest difference of two answers; infinite when one of them is not a number."""
    if set(first) != set(second):
        # One side only numbers its labels: bring both to numbers, words by their place in names.
        def numbered(answer):
            return {names.index(l) if l in names else number(l): p for l, p in answer.items()}
        shown = f"labels {list(first)} against {list(second)}"
        first, second = numbered(first), numbered(second)
        if set(first) != set(second) or None in first:
            sys.exit(f"{place}: {shown}; --labels can say which is which")
    gaps = [abs(first[label] - second[label]) for label in first]
    return math.inf if any(map(math.isnan, gaps)) else max(gaps)


def compare(args):
    files = []
    for path in args.compare:
        with open(path, encoding="utf-8") as file:
            lines = [line for line in file if line.strip()]
        files.append([probabilities(l, f"{path}:{i}") for i, l in enumerate(lines, 1)])
    if len(files[0]) != len(files[1]) or not files[0]:
        sys.exit(f"{len(files[0])} answers against {len(files[1])}")
    names = args.labels.split(",") if args.labels else []
    gaps = [difference(*pair, names, f"line {i}") for i, pair in enumerate(zip(*files), 1)]
    worst = max(gaps)
    print(f"{len(gaps)} answers, largest difference {worst:.3g} (line {gaps.index(worst) + 1})")
    sys.exit(int(worst > args.tolerance))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--load", metavar="DIR", help="answer with this adapter folder")
    mode.add_argument("--train", metavar="DIR", help="train an adapter with PEFT into this folder")
    mode.add_argument("--compare", nargs=2, metavar="FILE", help="two files of answers")
    parser.add_argument("--model", help="the backbone's folder")
    parser.add_argument("--texts", help='JSONL with "text" and maybe "pair"')
    parser.add_argument("--max-length", type=int, default=128)
    training = parser.add_argument_group("with --train")
    training.add_argument("--data", help="JSONL or TSV with labels")
    training.add_argument("--steps", type=int, default=20)
    training.add_argument("--batch-size", type=int, default=16)
    training.add_argument("--prompt-length", type=int, default=10)
    training.add_argument("--learning-rate", type=float, default=1e-2)
    training.add_argument("--projection", action="store_true", help="with PEFT's MLP")
    training.add_argument("--seed", type=int, default=1)
    comparing = parser.add_argument_group("with --compare")
    comparing.add_argument("--labels", help="names in the head's order, with commas between")
    comparing.add_argument("--tolerance", type=float, default=1e-4)
    args = parser.parse_args()
    needed = ["model", "texts"] if args.load or args.train else []
    for name in needed + (["data"] if args.train else []):
        if getattr(args, name) is None:
            parser.error(f"--{name} is needed here")
    (load if args.load else train if args.train else compare)(args)


if __name__ == "__main__":
    main()
