# SPDX-License-Identifier: Apache-2.0
"""What the study does, in numbers."""

SIZES = {
    "w16": dict(width=16, heads=2, head_size=8, inner=32, layers=1),
    "w32": dict(width=32, heads=2, head_size=16, inner=64, layers=2),
    "w64": dict(width=64, heads=4, head_size=16, inner=128, layers=2),
    "w128": dict(width=128, heads=4, head_size=32, inner=256, layers=3),
}
LARGEST = "w128"

PRETRAINING = {
    "corruption": dict(examples=48_000, batch=32, steps=1500, rate=2e-3, warmup=100),
    "adaptation": dict(examples=64_000, batch=32, steps=2000, rate=2e-3, warmup=100),
}

SEEDS = (1, 2, 3)
EXAMPLES = dict(training=2_000, validation=400)
BATCH = 32
TUNING_STEPS = 400
RATES = {"prompt-tuning": 0.3, "fine-tuning": 0.01}

LENGTH, LENGTHS = 20, (1, 5, 20, 100)
CHOSEN, INITIALISATIONS = "labels", ("random", "vocabulary", "labels")
