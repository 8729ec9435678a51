#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Tests/Fixtures/tokenizer-folders: folders whose files say different things of a tokenizer,
and what Hugging Face transformers makes of texts with each of them.

    python3 Scripts/make-tokenizer-folder-fixtures.py    # needs: Scripts/requirements.txt

  files.json      the contents that folders share, by name
  folders.jsonl   one folder a line: its files ("@NAME" for one of files.json, "@@PATH" for one of
                  Tests/Fixtures), and for each text its ids and segments; or "error" where
                  transformers has none

A second run writes the same bytes.
"""
import json
import os
import pathlib
import random
import shutil
import tempfile
import warnings

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

from tokenizers import Tokenizer
from transformers import AutoTokenizer, logging

warnings.filterwarnings("ignore")
logging.set_verbosity_error()
FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures"
FOLDER = FIXTURES / "tokenizer-folders"
random_source = random.Random(20262)

PIECES = ("[PAD] [UNK] [CLS] [SEP] [MASK] hello dog world Hello ##s e x é h ##e ##l ##o ##llo w ##w , . < > "
          "new york new ##york 中 文 ##文 中文 e1 ##1 Dog D ##og ca ##fe ##fé").split()
TEXTS = ["hello dog", "Hello Dog, café!", "中文 dog", "hello <e1> dog", "x<e1>  y", "a New York e", "new york",
         "  <img>hello<E1>", "[MASK] e [sep] [SEP]", "x </s> <s>", "dogs worlds <pad> <unk>", ""]
PAIRS = [["hello <e1>", "Dog x dog", None], ["hello dog hello", "Hello", 6]]

T5_PIECES = [["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0], ["▁", -2.0], ["▁good", -3.0], ["▁film", -3.5],
             ["film", -4.0], ["s", -4.5], ["a", -4.6], ["b", -4.7], ["▁a", -3.9], ["<", -6.0], [">", -6.0],
             ["▁New", -5.0], ["▁York", -5.0], ["e", -5.1], ["1", -5.2], ["good", -5.3]]
T5_TEXTS = ["good films", "  good   film ", "good<extra_id_0>film", "a <extra_id_1> b", "a <e1> b", "<e1>good",
            "a New York b", "x</s> <pad>", "good\u007f film", "\u007fgood <unk> s", "<extra_id_99><extra_id_2>", ""]
T5_PAIRS = [["good <e1>", "a film", None], ["good good good a", "a", 5]]


def bert_file(lowercase, special=True, **changes):
    normalizer = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                  "strip_accents": None, "lowercase": lowercase}
    normalizer.update(changes)
    piece = lambda name, segment: {"SpecialToken": {"id": name, "type_id": segment}}
    text = lambda name, segment: {"Sequence": {"id": name, "type_id": segment}}
    names = PIECES[:5] if special else []
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": index, "content": name, "single_word": False, "lstrip": name == "[MASK]",
                          "rstrip": False, "normalized": False, "special": True}
                         for index, name in enumerate(names)],
        "normalizer": normalizer, "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [piece("[CLS]", 0), text("A", 0), piece("[SEP]", 0)],
            "pair": [piece("[CLS]", 0), text("A", 0), piece("[SEP]", 0), text("B", 1), piece("[SEP]", 1)],
            "special_tokens": {name: {"id": name, "ids": [PIECES.index(name)], "tokens": [name]}
                               for name in ("[CLS]", "[SEP]")}},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100,
                  "vocab": {piece: index for index, piece in enumerate(dict.fromkeys(PIECES))}}}


def t5_file(scheme, splits_words, sentinels):
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": True}
    pre_tokenizer = metaspace if not splits_words else {
        "type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace]}
    pieces = T5_PIECES + [[f"<extra_id_{index}>", 0.0] for index in reversed(range(sentinels))]
    names = [0, 1, 2, *range(len(T5_PIECES), len(pieces))]
    end, text = ({"SpecialToken": {"id": "</s>", "type_id": 0}},
                 lambda name: {"Sequence": {"id": name, "type_id": 0}})
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": index, "content": pieces[index][0], "single_word": False, "lstrip": False,
                          "rstrip": False, "normalized": False, "special": True} for index in names],
        "normalizer": {"type": "Replace", "pattern": {"String": "\u007f"}, "content": ""},
        "pre_tokenizer": pre_tokenizer,
        "post_processor": {
            "type": "TemplateProcessing", "single": [text("A"), end], "pair": [text("A"), end, text("B"), end],
            "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
        "decoder": metaspace, "model": {"type": "Unigram", "unk_id": 2, "vocab": pieces}}


SHARED = {
    "bert.vocab": "".join(piece + "\n" for piece in dict.fromkeys(PIECES)),
    "bert.lower": bert_file(True), "bert.cased": bert_file(False), "bert.bare": bert_file(True, special=False),
    "bert.raw": bert_file(False, strip_accents=True, handle_chinese_chars=False, clean_text=False),
    "t5.words": t5_file("always", True, 3), "t5.first": t5_file("first", False, 3),
    "t5.none": t5_file("always", True, 0),
    "bert.config": {"model_type": "bert", "vocab_size": 200}, "t5.config": {"model_type": "t5", "vocab_size": 3000},
}


def token(content, marked=False, **flags):
    value = {"content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    value.update(flags)
    return {"__type": "AddedToken", **value} if marked else value


def some(*choices):
    return random_source.choice(choices)


def settings(family):
    """A tokenizer_config.json with a few of the keys that change what a tokenizer does."""
    bert = family == "bert"
    classes = (["BertTokenizer", "BertTokenizer", "BertTokenizerFast", "DistilBertTokenizer",
                "DistilBertTokenizerFast", "ElectraTokenizer", "PreTrainedTokenizerFast", "TokenizersBackend",
                None] if bert else
               ["T5Tokenizer", "T5Tokenizer", "T5TokenizerFast", "MT5Tokenizer", "PreTrainedTokenizerFast", None])
    keys = {
        "do_lower_case": lambda: some(True, False), "strip_accents": lambda: some(True, False, None),
        "tokenize_chinese_chars": lambda: some(True, False),
        "cls_token": lambda: some("x", "[CLS]", token("e", True), "<s>"),
        "sep_token": lambda: some("e", "[SEP]", "</s>"), "unk_token": lambda: some("[UNK]", "e"),
        "pad_token": lambda: some("[PAD]", "<pad>", None),
        "mask_token": lambda: some("[MASK]", "world", None, token("[MASK]", True, lstrip=True)),
    } if bert else {
        "extra_ids": lambda: some(0, 2, 3, 100), "eos_token": lambda: some("</s>", "</s>", "s", token("</s>", True)),
        "unk_token": lambda: "<unk>", "pad_token": lambda: some("<pad>", "a"), "legacy": lambda: some(True, False),
    }
    keys.update({
        "bos_token": lambda: some("<s>", None, "hello"), "image_token": lambda: "<img>",
        "truncation_side": lambda: "left",
        "additional_special_tokens": lambda: some(
            ["<e1>"], ["New York", "<e1>"], [token("<e1>", True, lstrip=True)], [], None,
            [f"<extra_id_{index}>" for index in range(3)]),
        "extra_special_tokens": lambda: some(["<e1>"], ["<img>", "<e1>"], {"image_token": "<e1>"}, []),
        "added_tokens_decoder": lambda: some(
            {"40": token("<e1>", special=True)}, {"90": token("New York", special=False), "41": token("<e1>")},
            {"0": token("[PAD]", special=True), "2": token("[CLS]", special=True)}, {},
            {"50": token("<e1>", normalized=True, rstrip=True, special=False),
             "49": token("york", single_word=True, special=True), "3": token("</s>", special=True)},
            {"60": token("<E1>", normalized=True, special=False)}),
    })
    chosen = random_source.sample(sorted(keys), some(0, 1, 1, 2, 2, 3, 4))
    value = {key: keys[key]() for key in chosen}
    name = some(*classes)
    return value if name is None else {**value, "tokenizer_class": name}


def special_map(family):
    bert = family == "bert"
    keys = {"cls_token": lambda: some("x", token("[CLS]")), "sep_token": lambda: "e",
            "mask_token": lambda: token("[MASK]", lstrip=True)} if bert else {
            "eos_token": lambda: some("</s>", token("</s>"))}
    keys.update({"pad_token": lambda: some("[PAD]", token("world")) if bert else "<pad>",
                 "additional_special_tokens": lambda: some(["<e1>"], ["<extra_id_0>", "<extra_id_1>"])})
    return {key: keys[key]() for key in random_source.sample(sorted(keys), some(1, 2))}


def folder(family):
    bert = family == "bert"
    files = {"config.json": f"@{family}.config"}
    if bert:
        kinds = some(["vocab.txt"], ["vocab.txt"], ["tokenizer.json"], ["vocab.txt", "tokenizer.json"])
        if "vocab.txt" in kinds:
            files["vocab.txt"] = "@bert.vocab"
        if "tokenizer.json" in kinds:
            files["tokenizer.json"] = "@" + some("bert.lower", "bert.cased", "bert.bare", "bert.raw")
    elif random_source.random() < 0.3:
        files["spiece.model"] = "@@t5-tokenizer/plain/spiece.model"
    else:
        files["tokenizer.json"] = "@" + some("t5.words", "t5.first", "t5.none")
    if random_source.random() < 0.85:
        files["tokenizer_config.json"] = settings(family)
    if random_source.random() < 0.3:
        files["special_tokens_map.json"] = special_map(family)
    if random_source.random() < 0.3:
        files["added_tokens.json"] = some({"<e1>": 44}, {"New York": 46, "<e1>": 45}, {"<E1>": 44, "hello": 5})
    return files


# Families whose files are in Tests/Fixtures/encoder-tokenizers: model_type, classes, the vocabulary's own
# files and a tokenizer.json, and the settings that are the class's own.
ENCODERS = {
    "roberta": (["RobertaTokenizer", "RobertaTokenizerFast"], "roberta", ["vocab.json", "merges.txt"], "roberta-spaced",
                ["add_prefix_space", "trim_offsets", "add_bos_token"]),
    "gpt2": (["GPT2Tokenizer", "GPT2TokenizerFast"], "gpt2", ["vocab.json", "merges.txt"], "eurobert",
             ["add_prefix_space", "add_bos_token", "add_eos_token"]),
    "deberta": (["DebertaTokenizer", "DebertaTokenizerFast"], "deberta", ["vocab.json", "merges.txt"], "roberta-spaced",
                ["add_prefix_space", "add_bos_token"]),
    "modernbert": (["PreTrainedTokenizerFast", "BertTokenizer", "RobertaTokenizer"], None, [], "modernbert",
                   ["add_prefix_space", "add_bos_token", "do_lower_case"]),
    "xlm-roberta": (["XLMRobertaTokenizer", "XLMRobertaTokenizerFast"], "xlm-roberta", ["sentencepiece.bpe.model"],
                    "camembert-json", ["add_prefix_space"]),
    "camembert": (["CamembertTokenizer", "CamembertTokenizerFast"], "camembert", ["sentencepiece.bpe.model"],
                  "camembert-json", ["add_prefix_space"]),
    "deberta-v2": (["DebertaV2Tokenizer", "DebertaV2TokenizerFast"], "deberta-v2", ["spm.model"], "deberta-v2-json",
                   ["add_prefix_space", "do_lower_case", "split_by_punct", "vocab_type"]),
    "albert": (["AlbertTokenizer", "AlbertTokenizerFast"], "albert", ["spiece.model"], "albert-json",
               ["add_prefix_space", "do_lower_case", "keep_accents"]),
    "mpnet": (["MPNetTokenizer", "MPNetTokenizerFast"], "mpnet", ["vocab.txt"], "mpnet-json",
              ["do_lower_case", "strip_accents", "tokenize_chinese_chars"]),
}
ENCODER_TEXTS = ["the water don't", "  The Water, café!", "中文 the 'll", "house <e1> the", "x<e1>  y", "a New York e",
                 "a  <mask>b [MASK]", "[CLS] e <s> </s> [SEP]", "<MASK> <e1><e1>", "``quoted'' 1,234", "the\n\nhouse \t",
                 "<unk> [UNK] <pad> <|endoftext|>", "<s>NOTUSED x", ""]
ENCODER_PAIRS = [["the <e1>", "The water the", None], ["the water the house", "The", 6]]


def encoder_settings(family):
    """A tokenizer_config.json of one of those."""
    classes, *_, own = ENCODERS[family]
    keys = {key: lambda: some(True, False) for key in own if key != "vocab_type"}
    if "vocab_type" in own:
        keys["vocab_type"] = lambda: "spm"
    keys.update({
        "mask_token": lambda: some("<mask>", "[MASK]", token("<mask>", True, lstrip=True), token("<mask>", True)),
        "cls_token": lambda: some("<s>", "[CLS]", token("<s>", True)), "sep_token": lambda: some("</s>", "[SEP]", "<e1>"),
        "bos_token": lambda: some("<s>", "[CLS]"), "eos_token": lambda: some("</s>", "[SEP]"), "image_token": lambda: "<img>",
        "truncation_side": lambda: "left",
        "additional_special_tokens": lambda: some(["<e1>"], ["New York", "<e1>"], [token("<e1>", True, lstrip=True)], []),
        "extra_special_tokens": lambda: some(["<e1>"], {"image_token": "<e1>"}, []),
        "added_tokens_decoder": lambda: some(
            {"2000": token("<e1>", special=True)}, {"2090": token("New York", special=False), "2041": token("<e1>")},
            {"0": token("<s>", special=True), "2050": token("<mask>", lstrip=True, special=True)}, {}),
    })
    chosen = random_source.sample(sorted(keys), some(0, 1, 1, 2, 2, 3))
    name = some(*classes, None, some("PreTrainedTokenizerFast", None))
    value = {key: keys[key]() for key in chosen}
    return value if name is None else {**value, "tokenizer_class": name}


def encoder_folder(family):
    classes, place, names, file, _ = ENCODERS[family]
    files = {"config.json": {"model_type": family, "vocab_size": 3000}}
    kind = encoder_settings(family) if random_source.random() < 0.85 else {}
    generic = kind.get("tokenizer_class") == "PreTrainedTokenizerFast"
    if not names or generic or random_source.random() < 0.5:
        files["tokenizer.json"] = f"@@encoder-tokenizers/{file}/tokenizer.json"
    else:
        files.update({name: f"@@encoder-tokenizers/{place}/{name}" for name in names})
    if kind:
        files["tokenizer_config.json"] = kind
    if random_source.random() < 0.25:
        files["special_tokens_map.json"] = {
            "mask_token": some("<mask>", token("<mask>", lstrip=True)), **some({}, {"cls_token": "<s>"})}
    if random_source.random() < 0.2:
        files["added_tokens.json"] = {"<e1>": 2044}
    return files


def shared(name):
    content = SHARED[name]
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def write(files, place):
    for name, content in files.items():
        if isinstance(content, str) and content.startswith("@@"):
            shutil.copy(FIXTURES / content[2:], place / name)
        elif isinstance(content, str):
            (place / name).write_text(shared(content[1:]), encoding="utf-8")
        else:
            (place / name).write_text(json.dumps(content), encoding="utf-8")


def line(files, family):
    texts, pairs = {"bert": (TEXTS, PAIRS), "t5": (T5_TEXTS, T5_PAIRS)}.get(family, (ENCODER_TEXTS, ENCODER_PAIRS))
    with tempfile.TemporaryDirectory() as place:
        write(files, pathlib.Path(place))
        try:
            tokenizer = AutoTokenizer.from_pretrained(place)
            rows = []
            for text, pair, length in [[text, None, None] for text in texts] + pairs:
                encoding = tokenizer(text, pair, truncation=length is not None, max_length=length,
                                     return_token_type_ids=True)
                rows.append([text, pair, length, encoding["input_ids"], encoding["token_type_ids"]])
        except Exception as error:  # Whatever it is, there is nothing to compare with.
            return {"files": files, "error": type(error).__name__}
    return {"files": files, "class": type(tokenizer).__name__, "count": len(tokenizer), "rows": rows}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "files.json").write_text(
        json.dumps({name: shared(name) for name in SHARED}, ensure_ascii=False), encoding="utf-8")
    with open(FOLDER / "folders.jsonl", "w", encoding="utf-8", newline="\n") as out:
        for family, count in (("bert", 220), ("t5", 140)):
            for _ in range(count):
                out.write(json.dumps(line(folder(family), family), ensure_ascii=False,
                                     separators=(",", ":")) + "\n")
        for family in ENCODERS:
            for _ in range(24):
                out.write(json.dumps(line(encoder_folder(family), family), ensure_ascii=False,
                                     separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
