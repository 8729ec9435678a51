# SPDX-License-Identifier: Apache-2.0
"""What the study does, in numbers."""

SIZES = {
    "w16": {"width": 16, "heads": 2, "head_size": 8, "inner": 32, "layers": 1},
    "w32": {"width": 32, "heads": 2, "head_size": 16, "inner": 64, "layers": 2},
    "w64": {"width": 64, "heads": 4, "head_size": 16, "inner": 128, "layers": 2},
    "w128": {"width": 128, "heads": 8, "head_size": 16, "inner": 256, "layers": 2},
}
LARGEST = "w128"

# Steps of span corruption and then of LM adaptation; the rates are Adafactor's, multiplied by the
# size of each parameter, and fall to 0.
PRETRAINING = {
    "corruption": {"examples": 48_000, "batch": 32, "steps": 1500, "rate": 0.03, "warmup": 100},
    "adaptation": {"examples": 96_000, "batch": 32, "steps": 3000, "rate": 0.03, "warmup": 100},
}

SEEDS = (1, 2, 3)
EXAMPLES = {"training": 2000, "validation": 400}
BATCH, TUNING_STEPS, TUNING_EVALUATIONS = 32, 300, 3
# The paper's for prompts; a model's is multiplied by the size of each parameter.
RATES = {"prompt-tuning": 0.3, "fine-tuning": 0.01}

LENGTH, LENGTHS = 20, (1, 5, 20, 100)
START, STARTS = "labels", ("random", "vocabulary", "labels")
