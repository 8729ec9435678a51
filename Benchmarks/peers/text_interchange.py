#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that a prompt for a model that writes means the same here and in PEFT.

    text_interchange.py --load DIR --model FOLDER --texts FILE.jsonl > peft.jsonl
    text_interchange.py --train DIR --model FOLDER --data FILE --texts FILE.jsonl > peft.jsonl

--load answers the texts with an adapter for SEQ_2_SEQ_LM that Prompter (or PEFT) wrote; --train
trains one with PEFT, of the --kind, saves it and answers the texts. Both write greedily and print
{"text", "probability"} for each text: what was written, and how probable it was, its end included.
interchange.py --compare takes these lines and those of `prompter predict --by generation`.
"""
import argparse
import json
import sys

KINDS = ("prompt-tuning", "p-tuning", "prefix-tuning")


def base(folder):
    import transformers
    return transformers.T5ForConditionalGeneration.from_pretrained(folder)


def answer(model, tokenizer, rows, new_tokens):
    """Prints what is written for each text, one text at a time so that nothing is padded."""
    import torch
    model.eval()
    with torch.inference_mode():
        for row in rows:
            inputs = tokenizer(row["text"], return_tensors="pt")
            ids = model.generate(**inputs, max_new_tokens=new_tokens, do_sample=False,
                                 num_beams=1)[:, 1:]
            logits = model(**inputs, labels=ids).logits[0].double().log_softmax(-1)
            score = logits.gather(1, ids[0][:, None]).sum()
            print(json.dumps({"text": tokenizer.decode(ids[0], skip_special_tokens=True),
                              "probability": score.exp().item()}, ensure_ascii=False))


def config(args, width):
    import peft
    shared = {"task_type": "SEQ_2_SEQ_LM", "num_virtual_tokens": args.prompt_length}
    if args.kind == "prompt-tuning":
        return peft.PromptTuningConfig(**shared)
    if args.kind == "p-tuning":
        return peft.PromptEncoderConfig(**shared, encoder_hidden_size=16)
    # PEFT takes the width of keys for that of hidden states, which fails where they differ.
    return peft.PrefixTuningConfig(**shared, token_dim=width[0], num_attention_heads=width[1])


def train(args, tokenizer, rows):
    import peft
    import torch
    torch.manual_seed(1)
    model = base(args.model)
    shape = (model.config.d_kv * model.config.num_heads, model.config.num_heads)
    model = peft.get_peft_model(model, config(args, shape)).train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
    for step in range(args.steps):
        row = rows[step % len(rows)]
        inputs = tokenizer(row["text"], return_tensors="pt")
        loss = model(**inputs, labels=tokenizer(row["label"], return_tensors="pt")["input_ids"]).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"loss {loss.item():.4f}", file=sys.stderr)
    model.save_pretrained(args.train)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--load", metavar="DIR", help="answer with this adapter folder")
    mode.add_argument("--train", metavar="DIR", help="train an adapter with PEFT into this folder")
    parser.add_argument("--model", required=True, help="the backbone's folder")
    parser.add_argument("--texts", required=True, help='JSONL with "text"')
    parser.add_argument("--new-tokens", type=int, default=8)
    parser.add_argument("--data", help='with --train: JSONL with "text" and "label"')
    parser.add_argument("--kind", choices=KINDS, default="prompt-tuning")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--prompt-length", type=int, default=6)
    args = parser.parse_args()
    import peft
    import transformers
    from common import read_rows
    tokenizer = transformers.AutoTokenizer.from_pretrained(args.model)
    if args.train:
        train(args, tokenizer, read_rows(args.data))
    model = peft.PeftModel.from_pretrained(base(args.model), args.load or args.train)
    answer(model, tokenizer, read_rows(args.texts), args.new_tokens)


main()
