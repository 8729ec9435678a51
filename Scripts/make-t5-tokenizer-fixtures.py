#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Tests/Fixtures/t5-tokenizer: small SentencePiece models, and what the references make of
many texts with them.

    python3 Scripts/make-t5-tokenizer-fixtures.py    # needs: Scripts/requirements.txt
    python3 Scripts/make-t5-tokenizer-fixtures.py --model FOLDER --out FOLDER [TEXT ...]

The second form writes the same for a model of your own, of a folder with spiece.model, and for
the lines of text files besides; Scripts/compare-tokenizers.sh runs it and compares.

The texts are those of Tests/Fixtures/tokenizer/lines.jsonl and those of lines.jsonl here.
  NAME/spiece.model, NAME/tokenizer.json    the tokenizers; where the second says "spiece.model" for
                                            a character map, that of the first is to be put in
  NAME/spiece.bin, NAME/tokenizer.bin       for each text two numbers of four bytes, least first:
                                            checksums of the ids and the decoded text, and of
                                            words and offsets (0 where none are compared)
  byt5.jsonl                                texts and their ids by ByT5
  pairs.jsonl                               two texts, a length, and the ids that fit
"""
import argparse
import json
import os
import pathlib
import random
import re
import shutil
import struct
import sys
import tempfile

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers import AddedToken, Regex
from transformers import ByT5Tokenizer, T5Tokenizer

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures"
FOLDER = FIXTURES / "t5-tokenizer"
random_source = random.Random(20261)

WORDS = """the a of and to in is it that was for with his they at have from sentence premise hypothesis
entailment contradiction neutral positive negative question answer context true false good bad movie
review unbelievable internationalization antidisestablishmentarianism running runner's don't can't 1,234.56
2026 50% $5.00 e-mail http://example.org/a_b?c=d C++ #tag @name (brackets) [list] {set} <html> </p>""".split()
SPECIAL = ["<extra_id_0>", "<extra_id_1>", "<extra_id_99>", "<extra_id_100>", "<extra_id_007>",
           "</s>", "<pad>", "<unk>", "<s>", "<extra_id_", "▁<extra_id_0>", "<EXTRA_ID_0>"]
SPACES = [" ", "  ", "     ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\u0085", "\u1680",
          "\u2028", "\ufeff", "▁", "▁▁", " ▁ ", "\u180e", "\u202f", "\u205f"]
ODD = ["ｆｕｌｌ　ｗｉｄｔｈ", "ＡＢＣ１２３！", "ﾊﾝｶｸ ｶﾀｶﾅ", "㍿ ㌀ ㎏ ½ ² ﬁ ﬀ ﷺ ﷽", "①②③ ⑳ Ⅷ ⅷ", "e\u0301a\u0300o\u0302\u0323",
       "ㅎㅏㄴ 한국어 \u1112\u1161\u11ab", "中文測試，沒有空格。", "今天天气很好", "日本語のテスト", "😀👩‍👩‍👧‍👦👍🏽🇩🇪❤️", "\x00", "\x01\x02", "a\x00b",
       "\x7f\x80\x9f", "\ufffd", "\ufffe", "\U0010ffff", "\ue000", "a\u0308\u0304", "\u0301", "\u0301\u0301a", "½\u0301",
       "\u0600a", "\u0d4e\u0d15", "á́́́", "ｶﾞ ﾊﾟ", "Å Ω K ſ", "ŉ ǆ Ǆ", "ﬃ", "…", "™", "ª º", "´ ¨ ¸", "‑", "″ ‴",
       "\u0344", "\u0958 \u09dc", "ำ ຳ", "\u2126\u0301", "\u212b\u0323", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\u0e33", "Straße İstanbul ΟΔΥΣΣΕΥΣ",
       "<0x41>", "<0xE4><0xB8><0xAD>", "a" * 300, "中" * 100, "ab " * 80, "☃" * 5, "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "ǅ"]


def texts():
    """Sentences, spaces of every kind, sentinels and odd characters, in every mixture."""
    lines = ["", " ", "  ", "▁", "\n", "</s>", "<extra_id_0>", " <extra_id_0> ", "a<extra_id_0>b"]
    lines += ODD + SPECIAL + ["x" + space + "y" for space in SPACES] + SPACES
    lines += [space + "x" + space for space in SPACES] + ["a" + odd + "b" for odd in ODD]
    pick, choose = random_source.choice, random_source.randint
    for _ in range(700):
        parts = []
        for _ in range(choose(1, 9)):
            parts.append(pick(random_source.choices([WORDS, SPECIAL, SPACES, ODD], [8, 1, 2, 2])[0])[:40])
            parts.append(pick(["", " ", " ", " "]))
        lines.append("".join(parts))
    return lines


def base_texts():
    with open(FIXTURES / "tokenizer" / "lines.jsonl", encoding="utf-8") as file:
        return [json.loads(line)[0] for line in file]


def fnv(values):
    """FNV-1a, one number at a time."""
    state = 2166136261
    for value in values:
        state = ((state ^ (value & 0xFFFFFFFF)) * 16777619) & 0xFFFFFFFF
    return state


def row(ids, words, offsets, decoded):
    places = 0
    if words is not None:
        places = fnv(part for word, (start, end) in zip(words, offsets)
                     for part in (0 if word is None else word + 1, start, end))
    return struct.pack("<II", fnv([*ids, *decoded.encode("utf-8")]), places)


class SentencePieceReference:
    """SentencePiece itself, with the special tokens that transformers finds in a text set apart."""

    def __init__(self, file, sentinels=100):
        self.processor = sentencepiece.SentencePieceProcessor(model_file=str(file))
        count = self.processor.get_piece_size()
        self.special = {f"<extra_id_{n}>": count + sentinels - 1 - n for n in range(sentinels)}
        for index in range(count):
            if self.processor.is_control(index) or self.processor.is_unknown(index):
                self.special[self.processor.id_to_piece(index)] = index
        names = sorted(self.special, key=len, reverse=True)
        self.pattern = re.compile("(" + "|".join(map(re.escape, names)) + ")")

    def encode(self, text):
        ids = []
        for part in self.pattern.split(text):
            ids += [self.special[part]] if part in self.special else self.processor.encode(part)
        return ids

    def row(self, text):
        ids = self.encode(text)
        special = set(self.special.values())
        decoded = self.processor.decode([index for index in ids if index not in special])
        return row(ids + [self.processor.eos_id()], None, None, decoded)


class TokenizersReference:
    def __init__(self, tokenizer, has_places=True):
        self.tokenizer = tokenizer
        self.has_places = has_places
        self.dropped = {}

    def is_dropped(self, scalar):
        """Whether a character vanishes; at the start of a text the offsets of all others then slide."""
        if scalar not in self.dropped:
            self.dropped[scalar] = self.tokenizer.normalizer.normalize_str(scalar) == ""
        return self.dropped[scalar]

    def row(self, text):
        encoding = self.tokenizer.encode(text)
        decoded = self.tokenizer.decode(encoding.ids, skip_special_tokens=True)
        has_places = self.has_places and not any(map(self.is_dropped, text))
        words = encoding.word_ids if has_places else None
        return row(encoding.ids, words, encoding.offsets, decoded)


def write_rows(reference, lines, file):
    with open(file, "wb") as out:
        for text in lines:
            out.write(reference.row(text))


def write_lines(lines, file):
    with open(file, "w", encoding="utf-8", newline="\n") as out:
        out.writelines(json.dumps(text, ensure_ascii=False) + "\n" for text in lines)


def train(file, corpus, **options):
    """A model as T5's is: <pad>, </s>, <unk>, then pieces; no path gets into the file."""
    with open(file, "wb") as out:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(corpus), model_writer=out, pad_id=0, eos_id=1, unk_id=2, bos_id=-1,
            num_threads=1, minloglevel=2, **options)


def t5(folder):
    """The tokenizer that transformers makes of a folder's spiece.model."""
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copy(pathlib.Path(folder) / "spiece.model", scratch)
        return T5Tokenizer.from_pretrained(scratch).backend_tokenizer


def without_map(tokenizer, name):
    """The file's text, each character map replaced by the name of the file that has it too."""
    text = tokenizer.to_str()
    return re.sub(r'"precompiled_charsmap":"[^"]*"', f'"precompiled_charsmap":"{name}"', text)


def save(tokenizer, file):
    value = json.loads(without_map(tokenizer, "spiece.model"))
    pathlib.Path(file).write_text(
        json.dumps(value, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def variant(file):
    """Another pipeline over the pieces of a model: what newer converters write, and byte fallback."""
    proto = sentencepiece_model_pb2.ModelProto.FromString(pathlib.Path(file).read_bytes())
    tokenizer = Tokenizer(models.Unigram(
        [(piece.piece, piece.score) for piece in proto.pieces], proto.trainer_spec.unk_id,
        byte_fallback=True))
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"])
    tokenizer.add_special_tokens([AddedToken(f"<extra_id_{n}>", lstrip=True, rstrip=True, normalized=False)
                                  for n in range(3)])
    tokenizer.add_tokens([AddedToken("New York", normalized=True), AddedToken("movie", single_word=True)])
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Nmt(), normalizers.NFKC(), normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap),
        normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁"),
        normalizers.Replace("''", '"'), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B:1 </s>:1", special_tokens=[("</s>", 1)])
    return tokenizer


# Rules of every kind: one to many, many to one, to nothing, one that starts another.
RULES = [("A", "a"), ("É", "E\u0301"), ("e\u0301", "é"), ("x", "xx"), ("xy", "y"), ("xyz", "z"),
         ("中", "国"), ("\x01", ""), ("\t", " "), ("\u3000", " "), ("ﬁ", "fi"), ("--", "—"), ("q", "  ")]


def write_rules(file):
    code = lambda text: " ".join(f"{ord(scalar):X}" for scalar in text)
    pathlib.Path(file).write_text(
        "".join(f"{code(old)}\t{code(new)}\n" for old, new in RULES), encoding="utf-8")


def pairs(tokenizer, lines):
    for _ in range(60):
        first, second = random_source.choice(lines), random_source.choice(lines)
        for length in (1, 2, 3, 7, 12, 25):
            tokenizer.enable_truncation(length) if length > 2 else tokenizer.no_truncation()
            ids = tokenizer.encode(first, second).ids if length > 2 else [1, 1]
            yield {"first": first, "second": second, "length": length, "ids": ids}


def fixtures():
    FOLDER.mkdir(parents=True, exist_ok=True)
    own = texts()
    write_lines(own, FOLDER / "lines.jsonl")
    base = base_texts()
    lines = base + own
    corpus = [text for text in base[:7600] if 20 < len(text) < 400 and "\x00" not in text]
    plain, small = FOLDER / "plain", FOLDER / "bytes"
    for folder in (plain, small):
        folder.mkdir(exist_ok=True)
    train(plain / "spiece.model", corpus, vocab_size=2000, normalization_rule_name="nmt_nfkc",
          character_coverage=0.995)
    with tempfile.TemporaryDirectory() as scratch:
        rules = pathlib.Path(scratch) / "rules.tsv"
        write_rules(rules)
        train(small / "spiece.model", corpus, vocab_size=1500, normalization_rule_tsv=str(rules),
              character_coverage=0.99, byte_fallback=True, remove_extra_whitespaces=False,
              user_defined_symbols=["positive", "neg ative", "▁<sep>", "☃☃", "A--"], allow_whitespace_only_pieces=True)
        forget(small / "spiece.model")
    for folder, tokenizer in ((plain, t5(plain)), (small, variant(small / "spiece.model"))):
        save(tokenizer, folder / "tokenizer.json")
        write_rows(SentencePieceReference(folder / "spiece.model"), lines, folder / "spiece.bin")
        write_rows(TokenizersReference(tokenizer, folder == plain), lines, folder / "tokenizer.bin")
    with open(FOLDER / "pairs.jsonl", "w", encoding="utf-8", newline="\n") as file:
        for case in pairs(t5(plain), [line for line in own if len(line) < 80]):
            file.write(json.dumps(case, ensure_ascii=False, separators=(",", ":")) + "\n")
    byt5 = ByT5Tokenizer()
    with open(FOLDER / "byt5.jsonl", "w", encoding="utf-8", newline="\n") as file:
        for text in own[:250]:
            ids = byt5(text, add_special_tokens=False).input_ids
            file.write(json.dumps([text, ids], ensure_ascii=False, separators=(",", ":")) + "\n")


def forget(file):
    """Takes the path of the rules out of a model."""
    proto = sentencepiece_model_pb2.ModelProto.FromString(file.read_bytes())
    proto.normalizer_spec.normalization_rule_tsv = ""
    file.write_bytes(proto.SerializeToString())


def rows_for_model(model, out, files):
    lines = base_texts() + texts()
    for file in files:
        lines += pathlib.Path(file).read_text(encoding="utf-8").split("\n")
    out.mkdir(parents=True, exist_ok=True)
    for name in ("sentencepiece", "tokenizers"):
        (out / name).mkdir(exist_ok=True)
    shutil.copy(model / "spiece.model", out / "sentencepiece" / "spiece.model")
    tokenizer = t5(model)
    if (model / "tokenizer.json").exists():
        tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(out / "tokenizers" / "tokenizer.json"))
    write_lines(lines, out / "lines.jsonl")
    spiece, fast = SentencePieceReference(model / "spiece.model"), TokenizersReference(tokenizer)
    write_rows(spiece, lines, out / "sentencepiece" / "spiece.bin")
    write_rows(fast, lines, out / "tokenizers" / "tokenizer.bin")
    different = sum(spiece.encode(text) != tokenizer.encode(text, add_special_tokens=False).ids
                    for text in lines)
    print(f"{len(lines)} lines; the two references differ on {different} of them.")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("texts", nargs="*")
    options = parser.parse_args()
    if options.model is None:
        fixtures()
    elif options.out is None:
        sys.exit("--model needs --out FOLDER")
    else:
        rows_for_model(options.model, options.out, options.texts)


if __name__ == "__main__":
    main()
