# SPDX-License-Identifier: Apache-2.0
"""What the peer programs share: reading rows and building the classifier from a model folder."""
import contextlib
import json
import os
import sys
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
warnings.filterwarnings("ignore")

import torch
import transformers

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()


def read_rows(path, limit=None):
    """Rows of a JSONL file or of a TSV with a header, in file order, as {"text", "pair", "label"}.

    A TSV's text is its first column; `pair` and `label` are found by their names.
    """
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\r") for line in file.read().split("\n")]
    if str(path).endswith(".jsonl"):
        rows = [json.loads(line) for line in lines if line.strip()]
    else:
        header = lines[0].split("\t")
        rows = []
        for line in lines[1:]:
            if line.strip():
                cells = line.split("\t")
                rows.append(dict(zip(header, cells)) | {"text": cells[0]})
    rows = rows[:limit]
    if not rows:
        sys.exit(f"{path}: no rows")
    return rows


def label_names(rows):
    """The labels that occur, sorted."""
    return sorted({str(row["label"]) for row in rows if "label" in row})


def tokenize(tokenizer, rows, max_length):
    """One encoding for the rows, padded to the longest of them."""
    texts = [row["text"] for row in rows]
    pairs = [row["pair"] for row in rows] if rows[0].get("pair") is not None else None
    return tokenizer(texts, pairs, padding="longest", truncation=True, max_length=max_length,
                     return_tensors="pt")


def precision(dtype):
    """What makes the context in which a model computes."""
    if dtype == "autocast":
        return lambda: torch.autocast("cpu", torch.bfloat16)
    return contextlib.nullcontext


def report(args, once, ready={}):
    """One pass where the arguments ask for no more, else as many as are asked for on stdin."""
    if args.once:
        print(json.dumps(vars(args) | ready | once()), flush=True)
    else:
        answer_runs(once, ready | vars(args))


def answer_runs(once, ready):
    """Says that the program is ready, then times one pass for each line "run" on stdin."""
    print(json.dumps({"ready": True, "torch": torch.__version__} | ready), flush=True)
    for line in sys.stdin:
        if line.strip() == "quit":
            break
        if line.strip() == "run":
            print(json.dumps(once()), flush=True)


def model_type(folder):
    """The family of a model, as its folder says."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        return json.load(file).get("model_type", "bert")


def build_classifier(folder, labels, attention="sdpa", dtype=torch.float32):
    """BertForSequenceClassification from a folder: pooled [CLS], a fresh head, no dropout."""
    torch.manual_seed(0)
    model, report = transformers.BertForSequenceClassification.from_pretrained(
        folder, num_labels=labels, attn_implementation=attention, dtype=dtype,
        output_loading_info=True)
    missing = [name for name in report["missing_keys"] if not name.startswith("classifier.")]
    if missing:
        sys.exit(f"{folder}: no weight named {missing[0]}; PEFT would leave it random")
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model
