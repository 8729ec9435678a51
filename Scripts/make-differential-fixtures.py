#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random models and tokenizers, and what transformers and tokenizers make of them.

    python3 -m venv .venv && .venv/bin/pip install -r Scripts/requirements.txt
    .venv/bin/python Scripts/make-differential-fixtures.py [--output Tests/Fixtures/differential]
    .venv/bin/python Scripts/make-differential-fixtures.py --show wordpiece 3 7

The first writes a file for each kind, a line for each random case; the Swift tests of the same names
build every case anew and compare. No weights, vocabularies or texts are stored: both sides make them
of the case's seed with SplitMix64, as Sources/PrompterTensor/SeededGenerator.swift does. The second
prints the texts of block 7 of case 3 with their ids, a JSON value a line, to find what differs.

bert.jsonl and t5.jsonl; names are those of the shortest spelling, whatever the file has:
    seed, config        the case, and its config.json
    prefix, gamma       what stands before all names; whether norms have gamma and beta
    extras              whether there are tensors besides that no encoder reads
    words, head         T5: the names of the embeddings; whether there is an lm_head
    type, format        of the weights: F32, F16 or BF16; safetensors, sharded or bin
    lengths             of the texts, of ids from 5 on; the second half is in segment 1 if there is one
    states              for each text: the hidden states' root mean square, and the sum of all times
                        random signs as a multiple of what that would be by chance
    pooled              BERT: the same two for the first text's pooled [CLS]
    logits              T5: for each text, of the logits after a start token and random targets
    greedy              T5: for each text, the tokens that are written, as far as they are certain

A tensor's values are bytes -128 ... 127 of the stream of its name, times a power of two, so that they
are the same in every type; see `values`.

wordpiece.jsonl and unigram.jsonl:
    seed, options       the case, and what is put into its tokenizer.json
    blocks              for each block of 50 texts the FNV-1a of all their ids, each text's followed by
                        -1; a text in five is a pair with the one before
"""
import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # nothing here comes from a network

import numpy as np

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
BERTS, T5S, VOCABULARIES, TEXTS, BLOCK = 300, 150, 20, 1000, 50


# MARK: The same numbers as in Swift

def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Stream:
    """SplitMix64 for one purpose, as `SeededGenerator(seed:purpose:index:)`."""

    def __init__(self, seed, purpose, index=0):
        fnv = 0xCBF29CE484222325
        for byte in purpose.encode():
            fnv = ((fnv ^ byte) * 0x100000001B3) & MASK
        self.state = (mix((seed ^ fnv) + GOLDEN & MASK) + index * GOLDEN) & MASK

    def next(self):
        self.state = (self.state + GOLDEN) & MASK
        return mix(self.state)

    def below(self, limit):
        return self.next() % limit

    def choose(self, values):
        return values[self.below(len(values))]

    def bytes(self, count):
        """-128 ... 127, eight of each number, the lowest first."""
        z = (np.arange(1, (count + 7) // 8 + 1, dtype=np.uint64) * np.uint64(GOLDEN)
             + np.uint64(self.state))
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return (z ^ (z >> np.uint64(31))).view("<i1")[:count]


def values(seed, name, shape):
    """Gains about 1, biases of at most a quarter, embeddings up to 1, weights by their inputs."""
    raw = Stream(seed, name).bytes(int(np.prod(shape))).astype(np.float32).reshape(shape)
    if len(shape) == 1:
        return 1 + np.floor(raw / 4) / 64 if name.endswith(".weight") else raw / 512
    if "embed" in name or name.startswith("shared") or "relative" in name:
        return raw / 128
    return raw / np.float32(128 * 2 ** (int(shape[-1]).bit_length() // 2 - 1))


def probe(seed, purpose, states):
    """Root mean square and normalised sum with random signs of some states."""
    flat = states.detach().double().numpy().reshape(-1)
    signs = np.where(Stream(seed, purpose).bytes(flat.size) >= 0, 1.0, -1.0)
    square = float((flat * flat).sum())
    return [float(f"{(square / flat.size) ** 0.5:.7g}"),
            float(f"{float((flat * signs).sum()) / max(square, 1e-30) ** 0.5:.6f}")]


# MARK: Models

def write_folder(folder, case, tensors):
    """config.json and the weights in the case's type and format."""
    import torch
    from safetensors.torch import save_file
    (folder / "config.json").write_text(json.dumps(case["config"]))
    kind = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}[case["type"]]
    tensors = {name: torch.tensor(array).to(kind) for name, array in tensors.items()}
    if case["format"] == "bin":
        torch.save(tensors, folder / "pytorch_model.bin")
    elif case["format"] == "safetensors":
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        places = {name: f"model-{1 + place % 2:05}-of-00002.safetensors"
                  for place, name in enumerate(tensors)}
        for file in set(places.values()):
            save_file({name: tensors[name] for name in tensors if places[name] == file},
                      folder / file, metadata={"format": "pt"})
        (folder / "model.safetensors.index.json").write_text(
            json.dumps({"metadata": {}, "weight_map": places}))


def load(kind, folder, **options):
    import torch
    model, told = kind.from_pretrained(
        folder, dtype=torch.float32, output_loading_info=True, attn_implementation="eager",
        **options)
    assert not told["missing_keys"], told
    return model.eval()


def text(case, index, length, limit, first=5):
    stream = Stream(case["seed"], "text", index)
    return [first + stream.below(limit - first) for _ in range(length)]


def common(stream):
    return dict(type=stream.choose(["F32", "F32", "F32", "F16", "BF16"]),
                format=stream.choose(["safetensors", "safetensors", "sharded", "bin"]))


def random_bert(seed):
    stream = Stream(seed, "bert")
    heads, size = 1 + stream.below(4), stream.choose([1, 2, 4, 6, 8, 16])
    width = heads * size
    config = dict(
        model_type="bert", hidden_size=width, num_hidden_layers=1 + stream.below(4),
        num_attention_heads=heads, intermediate_size=stream.choose([1, 7, 16, 24, 3 * width, 64]),
        vocab_size=stream.choose([9, 40, 61, 128]),
        max_position_embeddings=stream.choose([12, 20, 33, 64]))
    segments = stream.choose([None, 1, 2, 2, 3])
    if segments:
        config["type_vocab_size"] = segments
    epsilon = stream.choose([None, 1e-12, 1e-5, 1e-3, 0.1])
    if epsilon:
        config["layer_norm_eps"] = epsilon
    if stream.below(3):
        config["hidden_act"] = "gelu"
    if stream.below(2):
        config |= dict(attention_probs_dropout_prob=0.1, hidden_dropout_prob=0.2)
    if stream.below(4) == 0:
        config["position_embedding_type"] = "absolute"
    case = dict(seed=seed, config=config, prefix=stream.choose(["", "", "bert."]),
                gamma=stream.below(4) == 0, extras=stream.below(3) == 0,
                pooler=stream.below(3) > 0, **common(stream))
    limit = config["max_position_embeddings"]
    case["lengths"] = [1 + stream.below(limit) for _ in range(2 + stream.below(3))]
    return case


def bert_names(case, name):
    if case["gamma"] and "LayerNorm" in name:
        name = name.replace(".weight", ".gamma").replace(".bias", ".beta")
    return case["prefix"] + name


def bert(seed):
    import torch
    from transformers import BertConfig, BertModel
    case = random_bert(seed)
    config = case["config"]
    fresh = BertModel(BertConfig(**config), add_pooling_layer=case["pooler"])
    tensors = {bert_names(case, name): values(seed, name, tuple(tensor.shape))
               for name, tensor in fresh.state_dict().items() if "position_ids" not in name}
    if case["extras"]:
        tensors["cls.predictions.bias"] = np.ones(config["vocab_size"], np.float32)
        tensors[case["prefix"] + "embeddings.position_ids"] = np.arange(
            config["max_position_embeddings"], dtype=np.float32)[None]
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), case, tensors)
        model = load(BertModel, folder, add_pooling_layer=case["pooler"])
    case["states"] = []
    for index, length in enumerate(case["lengths"]):
        ids = text(case, index, length, config["vocab_size"])
        halves = config.get("type_vocab_size", 2) > 1
        segments = [int(halves and place > length // 2) for place in range(length)]
        with torch.no_grad():
            out = model(torch.tensor([ids]), token_type_ids=torch.tensor([segments]))
        case["states"].append(probe(seed, f"signs {index}", out.last_hidden_state))
        if index == 0 and case["pooler"]:
            case["pooled"] = probe(seed, "pooled", out.pooler_output)
    return case


def random_t5(seed):
    stream = Stream(seed, "t5")
    multilingual = stream.below(5) == 0
    width = stream.choose([6, 8, 12, 16, 24, 32])
    buckets = stream.choose([None, 4, 8, 16, 32])
    config = dict(
        model_type="mt5" if multilingual else "t5", d_model=width,
        d_kv=stream.choose([2, 4, 5, 8, 16]), num_heads=1 + stream.below(4),
        d_ff=stream.choose([1, 8, 20, 2 * width]), num_layers=1 + stream.below(3),
        vocab_size=stream.choose([16, 40, 61, 100]), decoder_start_token_id=0, pad_token_id=0,
        eos_token_id=1)
    if stream.below(2):
        config["num_decoder_layers"] = 1 + stream.below(3)
    activation = stream.choose([None, "relu", "gated-gelu", "gated-gelu", "gelu", "gelu_new",
                                "silu", "gated-silu", "gated-relu"])
    if activation:
        config["feed_forward_proj"] = activation
    if buckets:
        config["relative_attention_num_buckets"] = buckets
        config["relative_attention_max_distance"] = buckets // 2 + 1 + stream.below(130)
    epsilon = stream.choose([None, 1e-6, 1e-4, 0.01])
    if epsilon:
        config["layer_norm_epsilon"] = epsilon
    head = stream.below(2) == 1
    tie = stream.choose([None, True, False]) if not head else stream.choose([None, False, False])
    if tie is not None:
        config["tie_word_embeddings"] = tie
    if stream.below(4) == 0:
        config["scale_decoder_outputs"] = stream.below(2) == 1
    case = dict(seed=seed, config=config, head=head,
                words=stream.choose([["shared"], ["shared"], ["encoder.embed_tokens"],
                                     ["shared", "encoder.embed_tokens", "decoder.embed_tokens"]]),
                **common(stream))
    case["lengths"] = [1 + stream.below(40) for _ in range(2 + stream.below(2))]
    return case


def t5(seed):
    import torch
    import transformers
    case = random_t5(seed)
    config = case["config"]
    family = "MT5" if config["model_type"] == "mt5" else "T5"
    kind = getattr(transformers, family + "ForConditionalGeneration")
    made = getattr(transformers, family + "Config")(**config)
    tensors = {}
    for name, tensor in kind(made).state_dict().items():
        if name.endswith("embed_tokens.weight") or name in ("shared.weight", "lm_head.weight"):
            continue
        tensors[name] = values(seed, name, tuple(tensor.shape))
    table = (config["vocab_size"], config["d_model"])
    for name in case["words"]:
        tensors[name + ".weight"] = values(seed, "shared.weight", table)
    if case["head"]:
        tensors["lm_head.weight"] = values(seed, "lm_head.weight", table)
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), case, tensors)
        model = load(kind, folder)
    case |= dict(states=[], logits=[], greedy=[])
    for index, length in enumerate(case["lengths"]):
        ids = torch.tensor([text(case, index, length, config["vocab_size"], first=3)])
        targets = text(case, 100 + index, 5, config["vocab_size"], first=3)
        with torch.no_grad():
            memory = model.encoder(ids)
            decode = lambda tokens: model(
                encoder_outputs=memory, decoder_input_ids=torch.tensor([tokens])).logits[0]
            logits = decode([0] + targets)
            written = []
            while len(written) < 6 and 1 not in written:
                best = decode([0] + written)[-1].topk(2)
                if best.values[0] - best.values[1] < 1e-3 * best.values[0].abs():
                    break  # rounding might decide
                written.append(int(best.indices[0]))
        case["states"].append(probe(seed, f"signs {index}", memory.last_hidden_state))
        case["logits"].append(probe(seed, f"logits {index}", logits))
        case["greedy"].append(written)
    return case


# MARK: Texts and vocabularies

# The first scalar and the number of scalars of what words are made of; see Tests/PrompterTestSupport.
POOLS = [(0x61, 26), (0x61, 26), (0x61, 26), (0x41, 26), (0x30, 10), (0x21, 15), (0xC0, 64),
         (0x100, 128), (0x370, 144), (0x400, 256), (0x5D0, 27), (0x621, 42), (0x900, 128),
         (0xE01, 58), (0x1100, 256), (0x3041, 86), (0x30A1, 90), (0x4E00, 200), (0xAC00, 200),
         (0x300, 112), (0x1F600, 80), (0xFF01, 94), (0x1D400, 64), (0x2000, 112), (0x3000, 64),
         (0x00, 32), (0x7F, 34), (0xFB00, 7), (0x20D0, 33), (0xE000, 16), (0xFE00, 16), (0x1E00, 256)]
SPECIALS = ["[UNK]", "[CLS]", "[SEP]", "[MASK]", "<a>", "b c", "</s>", "<unk>", "Été"]
GAPS = [" ", " ", " ", " ", "", "  ", "\t", "\n", "\u00A0", "\u3000", "\u200B", ".", "-", "'",
        "\u2581", "\u200D"]


def scalar(stream, pool):
    first, count = POOLS[pool]
    return chr(first + stream.below(count))


def word(stream):
    kind = stream.below(40)
    if kind == 0:
        return stream.choose(SPECIALS)
    if kind == 1:
        return scalar(stream, stream.below(len(POOLS))) * (90 + stream.below(40))
    pool = stream.below(4) if kind < 20 else stream.below(len(POOLS))
    letters = [scalar(stream, pool) for _ in range(1 + stream.below(7))]
    if stream.below(12) == 0:
        letters.insert(stream.below(len(letters) + 1), scalar(stream, 19))
    return "".join(letters)


def line(seed, index):
    stream = Stream(seed, "line", index)
    return "".join(word(stream) + stream.choose(GAPS) for _ in range(stream.below(9)))


def pieces(seed, first, continuing, count):
    """Distinct pieces: those given, then random ones of one to four scalars."""
    stream = Stream(seed, "pieces")
    found = dict.fromkeys(first)
    for _ in range(count):
        pool = stream.below(4) if stream.below(2) else stream.below(len(POOLS))
        piece = "".join(scalar(stream, pool) for _ in range(1 + min(stream.below(5), stream.below(5))))
        found[(continuing if stream.below(2) else "") + piece] = None
    return list(found)


def flag(stream):
    return stream.below(2) == 1


def wordpiece_options(seed):
    stream = Stream(seed, "wordpiece")
    return dict(
        clean=stream.below(4) > 0, chinese=stream.below(4) > 0,
        accents=stream.choose([None, None, True, False]), lowercase=flag(stream),
        longest=stream.choose([100, 100, 20, 5]), count=stream.choose([300, 1500, 4000]),
        added=flag(stream), single=flag(stream), left=flag(stream), right=flag(stream),
        normalized=flag(stream))


def added_tokens(names, options):
    """[UNK] and the like are special; `<a>`, `b c` and `Été` as the case has it."""
    def token(place, content, **more):
        return dict(id=place, content=content, special=False, single_word=False, lstrip=False,
                    rstrip=False, normalized=False) | more
    first = [token(place, content, special=True) for place, content in enumerate(names)]
    if options["added"]:
        first += [token(len(names) + place, content, single_word=options["single"],
                        lstrip=options["left"], rstrip=options["right"],
                        normalized=options["normalized"])
                  for place, content in enumerate(["<a>", "b c", "Été"])]
    return first


def wordpiece_file(seed, options):
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    extra = ["<a>", "b c", "Été"] if options["added"] else []
    vocabulary = pieces(seed, names + extra, "##", options["count"])
    special = lambda name, segment: {"SpecialToken": {"id": name, "type_id": segment}}
    part = lambda name, segment: {"Sequence": {"id": name, "type_id": segment}}
    single = [special("[CLS]", 0), part("A", 0), special("[SEP]", 0)]
    return dict(
        version="1.0", truncation=None, padding=None, added_tokens=added_tokens(names, options),
        normalizer=dict(type="BertNormalizer", clean_text=options["clean"],
                        handle_chinese_chars=options["chinese"], strip_accents=options["accents"],
                        lowercase=options["lowercase"]),
        pre_tokenizer=dict(type="BertPreTokenizer"),
        post_processor=dict(
            type="TemplateProcessing", single=single,
            pair=single + [part("B", 1), special("[SEP]", 1)],
            special_tokens={name: dict(id=name, ids=[id], tokens=[name])
                            for name, id in (("[CLS]", 2), ("[SEP]", 3))}),
        decoder=dict(type="WordPiece", prefix="##", cleanup=True),
        model=dict(type="WordPiece", unk_token="[UNK]", continuing_subword_prefix="##",
                   max_input_chars_per_word=options["longest"],
                   vocab={piece: place for place, piece in enumerate(vocabulary)}))


def unigram_options(seed):
    stream = Stream(seed, "unigram")
    steps = ["NFC", "NFD", "NFKC", "NFKD", "Nmt", "Lowercase", "Strip", "Replace"]
    return dict(
        steps=[stream.choose(steps) for _ in range(stream.below(3))],
        prepend=stream.choose(["always", "always", "first", "never"]), split=stream.below(4) > 0,
        fallback=stream.below(3) == 0, count=stream.choose([300, 1500, 4000]), added=flag(stream),
        single=flag(stream), left=flag(stream), right=flag(stream), normalized=flag(stream))


def unigram_file(seed, options):
    names = ["<pad>", "</s>", "<unk>"]
    extra = ["<a>", "b c", "Été"] if options["added"] else []
    fallback = [f"<0x{byte:02X}>" for byte in range(256)] if options["fallback"] else []
    vocabulary = pieces(seed, names + extra + fallback + ["\u2581"], "\u2581", options["count"])
    stream = Stream(seed, "scores")
    scores = [-(stream.below(1 << 20)) / 65536 for _ in vocabulary]
    step = {"Strip": dict(type="Strip", strip_left=True, strip_right=True),
            "Replace": dict(type="Replace", pattern=dict(String="ab"), content="c")}
    part = lambda name: {"Sequence": {"id": name, "type_id": 0}}
    end = {"SpecialToken": {"id": "</s>", "type_id": 0}}
    return dict(
        version="1.0", truncation=None, padding=None, added_tokens=added_tokens(names, options),
        normalizer=dict(type="Sequence", normalizers=[
            step.get(name, dict(type=name)) for name in options["steps"]]),
        pre_tokenizer=dict(type="Metaspace", replacement="\u2581",
                           prepend_scheme=options["prepend"], split=options["split"]),
        post_processor=dict(
            type="TemplateProcessing", single=[part("A"), end], pair=[part("A"), end, part("B"), end],
            special_tokens={"</s>": dict(id="</s>", ids=[1], tokens=["</s>"])}),
        decoder=dict(type="Metaspace", replacement="\u2581", prepend_scheme=options["prepend"],
                     split=options["split"]),
        model=dict(type="Unigram", unk_id=2, byte_fallback=options["fallback"],
                   vocab=[list(pair) for pair in zip(vocabulary, scores)]))


KINDS = {"wordpiece": (wordpiece_options, wordpiece_file), "unigram": (unigram_options, unigram_file)}


def block_ids(tokenizer, seed, block):
    """The texts of a block with their ids."""
    texts = [line(seed, block * BLOCK + place) for place in range(BLOCK)]
    for place, text in enumerate(texts):
        pair = texts[place - 1] if place % 5 == 4 else None
        yield (text if pair is None else [text, pair]), tokenizer.encode(text, pair).ids


def tokenizer_of(kind, seed):
    from tokenizers import Tokenizer
    options, file = KINDS[kind]
    return Tokenizer.from_str(json.dumps(file(seed, options(seed))))


def tokenizer_case(kind, seed):
    tokenizer, blocks = tokenizer_of(kind, seed), []
    for block in range(TEXTS // BLOCK):
        fnv = 2166136261
        for _, ids in block_ids(tokenizer, seed, block):
            for id in ids + [-1]:
                fnv = ((fnv ^ (id & 0xFFFFFFFF)) * 16777619) & 0xFFFFFFFF
        blocks.append(fnv)
    return dict(seed=seed, options=KINDS[kind][0](seed), blocks=blocks)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, default=Path("Tests/Fixtures/differential"))
    parser.add_argument("--show", nargs=3, metavar=("KIND", "SEED", "BLOCK"))
    parser.add_argument("kinds", nargs="*", help="only these: bert, t5, wordpiece, unigram")
    options = parser.parse_args()
    if options.show:
        kind, seed, block = options.show[0], int(options.show[1]), int(options.show[2])
        for text, ids in block_ids(tokenizer_of(kind, seed), seed, block):
            print(json.dumps([text, ids], ensure_ascii=False))
        return
    makers = {"bert": (bert, BERTS), "t5": (t5, T5S)} | {
        kind: (lambda seed, kind=kind: tokenizer_case(kind, seed), VOCABULARIES) for kind in KINDS}
    options.output.mkdir(parents=True, exist_ok=True)
    for kind, (make, count) in makers.items():
        if options.kinds and kind not in options.kinds:
            continue
        if kind in ("bert", "t5"):
            import torch
            import transformers
            torch.set_num_threads(1)
            transformers.logging.set_verbosity_error()
            transformers.logging.disable_progress_bar()
        with open(options.output / f"{kind}.jsonl", "w", encoding="utf-8") as file:
            for seed in range(1, count + 1):
                file.write(json.dumps(make(seed), separators=(",", ":")) + "\n")
        print(kind, count, (options.output / f"{kind}.jsonl").stat().st_size, "bytes",
              file=sys.stderr)


if __name__ == "__main__":
    main()
