#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Tests/Fixtures/encoder-tokenizers: small tokenizers of today's encoders, set up as the
published ones are, and what Hugging Face transformers makes of many texts with them.

    python3 Scripts/make-encoder-tokenizer-fixtures.py    # needs: Scripts/requirements.txt
    python3 Scripts/make-encoder-tokenizer-fixtures.py --out FOLDER --lines 40000 [--full] \\
        [--byte-pairs VOCAB MERGES] [--tokenizer FILE ...] [--unigram MODEL]

The second form writes more lines, with --full the usual character map of SentencePiece, and the
tokenizers with the vocabularies of real models besides; Scripts/compare-encoder-tokenizers.sh
compares them. Nothing is downloaded.

  lines.jsonl   the texts
  NAME/...      a model's folder, as transformers reads it
  NAME.bin      for each text three numbers of four bytes, least first: checksums of ids and segments,
                of words and offsets, and of the text that the ids decode to (0: not compared)

Of ten texts one is cut to 9 tokens, two are pairs with the one before, and one such a pair is cut to
13; see `modes`. A second run writes the same bytes.
"""
import argparse
import importlib.util
import json
import os
import pathlib
import random
import struct

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import AutoTokenizer, logging

logging.set_verbosity_error()
HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parent / "Tests" / "Fixtures" / "encoder-tokenizers"


def neighbour(name):
    """Another script of this folder, for the texts it makes."""
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WORDS = neighbour("make-tokenizer-fixtures")
random_source = random.Random(20263)
choose = random_source.choice

SPECIALS = ["<s>", "</s>", "<pad>", "<unk>", "<mask>", "[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]", "<|endoftext|>",
            "<bos>", "<eos>", "|||IP_ADDRESS|||", "<|padding|>", "[unused0]", "<e1>", "<MASK>", "[mask]", "<s>NOTUSED"]
BLANKS = [" ", "  ", "   ", "\t", "\n", "\n\n", " \n ", "\r\n", "\u00a0", "\u2003", "\u2028", "\u3000", "\u1680", "\u200b",
          " " * 9, " " * 25, "\t\t\t", "\u0085", "\v", "\f", " \u00a0 ", "▁", "▁▁ "]
CONTRACTIONS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'RE", "'Ll", "'ſ", "’s", "''", "'", "'sam", "'x", "``"]
NUMBERS = ["1", "12", "1234567", "3.14", "1,234", "٣٤٥", "१२३", "Ⅷ", "½", "²", "①", "𝟙𝟚", "一二三", "２０２６", "৪৫", "𐄇", "1st", "5-7"]
MARKS = ["e\u0301", "a\u0323\u0302", "o\u0302\u0323", "\u1112\u1161\u11ab", "한\u11ab", "\u0958", "\u212b", "\u0344", "q\u0307\u0323",
         "n\u0303\u0303", "\u0301", "가\u11a8", "が", "か\u3099", "\u0915\u093c", "\u1e9b\u0323", "\u0f73", "\u1100\u1161", "ﬁ", "Å",
         "e\u0315\u0300\u05ae", "\u0b47\u0b3e", "\u09c7\u09be", "\u1025\u102e", "\u110a5\u0301", "\U00011099\U000110ba"]
BLOCKS = [WORDS.EVERYWHERE, WORDS.MARKS, WORDS.LATIN, WORDS.ASIAN, WORDS.NEW,
          [(0x1F300, 0x1FAFF), (0x2600, 0x27BF), (0x200D, 0x200D), (0xFE0E, 0xFE0F), (0x1F1E6, 0x1F1FF)],
          [(0xFF01, 0xFFEF)], [(0, 0xFF)], [(0x2000, 0x206F)], [(0x590, 0x6FF)], [(0x900, 0xDFF)], [(0xE00, 0xEFF)]]


def part():
    """A few signs of one kind."""
    kind = random_source.randrange(12)
    if kind < 3:
        return choose(WORDS.LEXICON) + choose(["", "", "", *CONTRACTIONS])
    if kind == 3:
        return choose(NUMBERS) + choose(["", choose(NUMBERS), choose(["%", "€", "th", "x"])])
    if kind == 4:
        return choose(MARKS) * random_source.randint(1, 2)
    if kind == 5:
        return choose(SPECIALS)
    if kind == 6:
        return choose(WORDS.SCRIPTS["emoji"] + WORDS.SCRIPTS["hidden"])
    if kind == 7:
        return choose(["a", "ab", "é", "中", "1", "!", "\u0301", "x\u0301", "<", "."]) * random_source.choice([2, 3, 20, 70])
    if kind == 8:
        return WORDS.random_scalars(random_source.randint(1, 5), choose(BLOCKS))
    script = choose(list(WORDS.SCRIPTS))
    return choose(WORDS.SCRIPTS[script])


def text():
    shape = random_source.randrange(10)
    if shape == 0:
        return WORDS.sentence(random_source.randint(1, 12))
    if shape == 1:
        return WORDS.random_scalars(random_source.randint(1, 12), choose(BLOCKS))
    parts = [choose([*BLANKS, "", "", ""])]
    for _ in range(random_source.randint(1, 7)):
        parts += [part(), choose([" ", " ", " ", "", "", choose(BLANKS)])]
    return "".join(parts)


def modes(texts):
    """Each text with the pair and the length that it is encoded with."""
    for index, line in enumerate(texts):
        kind = index % 10
        pair = texts[index - 1] if kind in (6, 7, 9) and index else None
        yield line, pair, {8: 9, 9: 13}.get(kind)


# MARK: Checksums

def checksum(numbers):
    """FNV-1a, 32 bits at a time."""
    value = 2166136261
    for number in numbers:
        value = ((value ^ (number & 0xFFFFFFFF)) * 16777619) & 0xFFFFFFFF
    return value


def checksums(tokenizer, texts, decodes):
    backend = tokenizer._tokenizer
    for line, pair, length in modes(texts):
        coded = tokenizer(line, pair, truncation=length is not None, max_length=length, return_token_type_ids=True)
        encoding = coded.encodings[0]
        places = [number for word, offset in zip(encoding.word_ids, encoding.offsets)
                  for number in (0 if word is None else word + 1, *offset)]
        written = backend.decode(encoding.ids, skip_special_tokens=True).encode() if decodes else None
        yield (checksum(coded["input_ids"] + coded["token_type_ids"]), checksum(places),
               0 if written is None else checksum(written))


# MARK: Tokenizers

def corpus():
    lines = [WORDS.sentence(12) for _ in range(600)] + [WORDS.mixed(6) for _ in range(300)]
    return lines + ["don't we'll it's I'd you're they've 1234 3.14 café 中文 日本語 русский"] * 30


def byte_pairs(lines, size, tokenizer, specials):
    """Pieces and merges by the plain algorithm; the trainer of `tokenizers` breaks ties by chance."""
    counts = {}
    for line in lines:
        if tokenizer.normalizer is not None:
            line = tokenizer.normalizer.normalize_str(line)
        for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(line):
            counts[word] = counts.get(word, 0) + 1
    byte_level = any("Ġ" in word for word in counts)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet()) if byte_level else sorted(
        scalar for scalar in {scalar for word in counts for scalar in word} if scalar < "\u0250" or scalar == "▁")
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys(specials + alphabet))}
    words = [(list(word), count) for word, count in sorted(counts.items())]
    merges = []
    while len(vocabulary) < size:
        pairs = {}
        for pieces, count in words:
            for pair in zip(pieces, pieces[1:]):
                if pair[0] in vocabulary and pair[1] in vocabulary:
                    pairs[pair] = pairs.get(pair, 0) + count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        vocabulary.setdefault("".join(best), len(vocabulary))
        for pieces, _ in words:
            index = 0
            while index + 1 < len(pieces):
                if (pieces[index], pieces[index + 1]) == best:
                    pieces[index:index + 2] = ["".join(best)]
                index += 1
    return vocabulary, merges


def write(folder, name, content):
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        (folder / name).write_bytes(content)
    else:
        written = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (folder / name).write_text(written, encoding="utf-8")


def bpe(vocabulary, merges, **options):
    return models.BPE(vocab=vocabulary, merges=merges, **options)


def gpt2_files(folder, vocabulary, merges):
    write(folder, "vocab.json", vocabulary)
    write(folder, "merges.txt", "#version: 0.2\n" + "".join(" ".join(pair) + "\n" for pair in merges))


def template(single, pair, tokens):
    return processors.TemplateProcessing(single=single, pair=pair, special_tokens=tokens)


LLAMA = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
         r"|\s+(?!\S)|\s+")


def byte_pair_folders(out, lines, real=None):
    """RoBERTa's, GPT-2's and DeBERTa's files, and RoBERTa's as a tokenizer.json."""
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    if real is None:
        vocabulary, merges = byte_pairs(lines, 900, plain, special)
    else:
        vocabulary, merges = real
        vocabulary = {**{piece: index for index, piece in enumerate(special)},
                      **{piece: index + 5 for piece, index in vocabulary.items() if piece not in special}}
    for name, kind in (("roberta", "roberta"), ("gpt2", "gpt2"), ("deberta", "deberta")):
        gpt2_files(out / name, vocabulary, merges)
        write(out / name, "config.json", {"model_type": kind, "vocab_size": 100000})
    spaced = Tokenizer(bpe(vocabulary, merges))
    spaced.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    spaced.decoder = decoders.ByteLevel()
    spaced.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), True, True)
    spaced.add_special_tokens(special[:4] + [AddedToken("<mask>", lstrip=True, special=True)])
    write(out / "roberta-spaced", "tokenizer.json", json.loads(spaced.to_str()))
    write(out / "roberta-spaced", "config.json", {"model_type": "roberta", "vocab_size": 100000})
    write(out / "roberta-spaced", "tokenizer_config.json", {"add_prefix_space": True, "tokenizer_class": "RobertaTokenizer"})


def modern_folder(out, lines):
    """ModernBERT's: NFC, runs of blanks as added tokens, all from tokenizer.json."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    vocabulary, merges = byte_pairs(lines, 800, tokenizer, ["|||IP_ADDRESS|||", "<|padding|>"])
    tokenizer.model = bpe(vocabulary, merges)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken("<|padding|>", special=True), AddedToken("<|endoftext|>", special=True)])
    tokenizer.add_tokens([AddedToken("|||IP_ADDRESS|||", normalized=True)])
    tokenizer.add_tokens([AddedToken(" " * count, normalized=True) for count in range(24, 1, -1)])
    tokenizer.add_special_tokens(["[UNK]", "[CLS]", "[SEP]", "[PAD]", AddedToken("[MASK]", lstrip=True, special=True)])
    tokenizer.add_tokens([AddedToken("[unused0]", normalized=True), AddedToken("<e1>", rstrip=True, single_word=True)])
    tokens = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = template("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", tokens)
    write(out / "modernbert", "tokenizer.json", json.loads(tokenizer.to_str()))
    write(out / "modernbert", "config.json", {"model_type": "modernbert", "vocab_size": 100000})
    write(out / "modernbert", "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]",
        "mask_token": "[MASK]", "unk_token": "[UNK]", "model_max_length": 8192})


def gemma_folder(out, lines):
    """mmBERT's, which is Gemma 2's: blanks as signs, whole texts joined, bytes for what is unknown."""
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    vocabulary, merges = byte_pairs(lines, 1100, tokenizer, special)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.model = bpe(vocabulary, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_special_tokens(special[:4] + [AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.add_tokens([AddedToken("▁" * count, normalized=False) for count in range(2, 9)])
    tokens = [("<bos>", 2), ("<eos>", 1)]
    tokenizer.post_processor = template("<bos> $A <eos>", "<bos> $A <eos> <bos>:1 $B:1 <eos>:1", tokens)
    write(out / "mmbert", "tokenizer.json", json.loads(tokenizer.to_str()))
    write(out / "mmbert", "config.json", {"model_type": "modernbert", "vocab_size": 100000})
    write(out / "mmbert", "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"})


def llama_folder(out, lines):
    """EuroBERT's, which is Llama 3's: GPT-4's words, and pieces that are words as they are."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True, use_regex=False)])
    vocabulary, merges = byte_pairs(lines, 800, tokenizer, [])
    # A word that no merges lead to.
    vocabulary["Ġinternational"] = len(vocabulary)
    tokenizer.model = bpe(vocabulary, merges, ignore_merges=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|begin_of_text|>", "<|end_of_text|>", "<|mask|>"])
    tokens = [("<|begin_of_text|>", tokenizer.token_to_id("<|begin_of_text|>")),
              ("<|end_of_text|>", tokenizer.token_to_id("<|end_of_text|>"))]
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=True),
        template("<|begin_of_text|> $A <|end_of_text|>", "<|begin_of_text|> $A $B:1 <|end_of_text|>:1", tokens)])
    write(out / "eurobert", "tokenizer.json", json.loads(tokenizer.to_str()))
    write(out / "eurobert", "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"})


RULES = [("ﬁ", "fi"), ("ﬀ", "ff"), ("\u00a0", " "), ("\u3000", " "), ("\u2003", " "), ("\t", " "), ("\n", " "), ("\u200b", ""),
         ("½", "1⁄2"), ("①", "1"), ("Ａ", "A"), ("２", "2"), ("…", "..."), ("\u212b", "å"), ("e\u0301", "é"), ("か\u3099", "が"),
         ("\x01", ""), ("™", "TM"), ("㍿", "株式会社"), ("ﷺ", "صلى الله عليه وسلم"), ("\u0085", " ")]


def unigram_models(lines, scratch, full):
    """Three models of SentencePiece: of fairseq's pieces, DeBERTa's and ALBERT's."""
    scratch.mkdir(parents=True, exist_ok=True)
    (scratch / "corpus.txt").write_text("\n".join(lines), encoding="utf-8")
    (scratch / "rules.tsv").write_text("".join(
        " ".join(f"{ord(c):X}" for c in old) + "\t" + " ".join(f"{ord(c):X}" for c in new) + "\n" for old, new in RULES))
    common = dict(input=str(scratch / "corpus.txt"), vocab_size=500, hard_vocab_limit=False, num_threads=1,
                  model_type="unigram", minloglevel=2, character_coverage=0.98)
    mapped = {} if full else {"normalization_rule_tsv": str(scratch / "rules.tsv")}
    options = {
        "fairseq": dict(mapped),
        "deberta": dict(pad_id=0, bos_id=1, eos_id=2, unk_id=3, pad_piece="[PAD]", bos_piece="[CLS]", eos_piece="[SEP]",
                        unk_piece="[UNK]", normalization_rule_name="identity"),
        "albert": dict(pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, control_symbols=["[CLS]", "[SEP]", "[MASK]"], **mapped)}
    for name, extra in options.items():
        sentencepiece.SentencePieceTrainer.train(model_prefix=str(scratch / name), **common, **extra)
    return {name: (scratch / f"{name}.model").read_bytes() for name in options}


def numbered(model, pieces):
    """A real model with the first pieces of another."""
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model)
    kinds = {"pad": 3, "unk": 2}
    first = [sentencepiece_model_pb2.ModelProto.SentencePiece(
        piece=piece, score=0.0, type=2 if "unk" in piece.lower() else 3) for piece in pieces]
    rest = [piece for piece in proto.pieces if piece.type == 1]
    del proto.pieces[:]
    proto.pieces.extend(first + rest)
    proto.trainer_spec.unk_id = next(index for index, piece in enumerate(first) if piece.type == kinds["unk"])
    return proto.SerializeToString()


def unigram_folders(out, found):
    kinds = [("xlm-roberta", "fairseq", "sentencepiece.bpe.model", None), ("camembert", "fairseq", "sentencepiece.bpe.model", None),
             ("deberta-v2", "deberta", "spm.model", None), ("albert", "albert", "spiece.model", None),
             ("deberta-v2-lower", "deberta", "spm.model", {"do_lower_case": True, "split_by_punct": True, "add_prefix_space": False}),
             ("albert-cased", "albert", "spiece.model", {"do_lower_case": False, "keep_accents": True})]
    for name, model, file, settings in kinds:
        kind = name.removesuffix("-lower").removesuffix("-cased")
        write(out / name, file, found[model])
        write(out / name, "config.json", {"model_type": kind, "vocab_size": 100000})
        if settings is not None:
            write(out / name, "tokenizer_config.json", settings)


def as_files(out, names):
    """The same once more as tokenizer.json, which transformers writes."""
    for name in names:
        folder = out / f"{name}-json"
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer = AutoTokenizer.from_pretrained(out / name)
        write(folder, "tokenizer.json", json.loads(tokenizer._tokenizer.to_str()))
        write(folder, "config.json", json.loads((out / name / "config.json").read_text()))


def word_piece_folder(out, lines):
    tokenizer = WORDS.trained(900, lines, lowercase=True)
    order = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    renamed = {"[PAD]": "<pad>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}
    write(out / "mpnet", "vocab.txt", "".join(renamed.get(piece, piece) + "\n" for piece, _ in order))
    write(out / "mpnet", "config.json", {"model_type": "mpnet", "vocab_size": 100000})


# MARK: Writing

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=FOLDER)
    parser.add_argument("--lines", type=int, default=600)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--byte-pairs", nargs=2, type=pathlib.Path)
    parser.add_argument("--unigram", type=pathlib.Path)
    parser.add_argument("--tokenizer", nargs="*", type=pathlib.Path, default=[])
    arguments = parser.parse_args()
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    lines = corpus()
    texts = [text() for _ in range(arguments.lines)]
    (out / "lines.jsonl").write_text("".join(WORDS.line(text) for text in texts), encoding="utf-8")
    byte_pair_folders(out, lines)
    modern_folder(out, lines)
    gemma_folder(out, lines)
    llama_folder(out, lines)
    word_piece_folder(out, lines)
    import tempfile
    with tempfile.TemporaryDirectory() as scratch:
        unigram_folders(out, unigram_models(lines, pathlib.Path(scratch), arguments.full))
    as_files(out, ["camembert", "deberta-v2", "albert", "mpnet"])
    real(out / "real", arguments)
    for folder in sorted(path.parent for path in out.rglob("config.json")) + sorted(
            path.parent for path in out.rglob("tokenizer.json") if not (path.parent / "config.json").exists()):
        tokenizer = AutoTokenizer.from_pretrained(folder)
        decodes = "mpnet" not in folder.name
        folder.with_suffix(".bin").write_bytes(b"".join(
            struct.pack("<III", *sums) for sums in checksums(tokenizer, texts, decodes)))
        print(folder.relative_to(out), type(tokenizer).__name__, len(tokenizer), flush=True)


def real(out, arguments):
    """The vocabularies of real models, with the settings of several classes."""
    if arguments.byte_pairs:
        vocabulary = json.loads(arguments.byte_pairs[0].read_text(encoding="utf-8"))
        rows = arguments.byte_pairs[1].read_text(encoding="utf-8").split("\n")
        byte_pair_folders(out, [], (vocabulary, [tuple(row.split(" ")) for row in rows[1:] if row]))
    if arguments.unigram:
        model = arguments.unigram.read_bytes()
        unigram_folders(out, {
            "fairseq": numbered(model, ["<unk>", "<s>", "</s>"]),
            "deberta": numbered(model, ["[PAD]", "[CLS]", "[SEP]", "[UNK]"]),
            "albert": numbered(model, ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"])})
    for file in arguments.tokenizer:
        write(out / file.parent.name, "tokenizer.json", file.read_bytes())


if __name__ == "__main__":
    main()
