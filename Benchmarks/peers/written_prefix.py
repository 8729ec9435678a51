# SPDX-License-Identifier: Apache-2.0
"""P-Tuning v2 over ModernBERT in plain PyTorch: PEFT has none, for the model has no cache.

Keys and values are put before each layer's own by an attention function of the model, the way that
transformers offers for it. A prompt is seen by every token, in windowed layers too.
"""
import torch
import torch.nn.functional as F
import transformers
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, eager_mask, sdpa_mask
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS


class WrittenPrefix(torch.nn.Module):
    """ModernBertForSequenceClassification, all frozen but its classifier and each layer's prompt."""

    def __init__(self, folder, labels, attention, dtype, length):
        super().__init__()
        torch.manual_seed(0)
        kind = f"written-prefix-{attention}"
        ALL_ATTENTION_FUNCTIONS.register(kind, getattr(self, attention))
        ALL_MASK_ATTENTION_FUNCTIONS.register(
            kind, {"eager": eager_mask, "sdpa": sdpa_mask}[attention])
        self.model = transformers.ModernBertForSequenceClassification.from_pretrained(
            folder, num_labels=labels, dtype=dtype, attn_implementation=kind)
        config = self.model.config
        self.model.requires_grad_(False)
        self.model.classifier.requires_grad_(True)
        size = config.hidden_size // config.num_attention_heads
        self.prompt = torch.nn.Parameter(0.02 * torch.randn(
            config.num_hidden_layers, 2, 1, config.num_attention_heads, length, size, dtype=dtype))

    def forward(self, input_ids, attention_mask, labels, **_):
        return self.model(input_ids=input_ids, attention_mask=attention_mask, labels=labels)

    def before(self, module, *own):
        """The layer's keys and values with the prompt's before them."""
        prompt = self.prompt[module.layer_idx].to(own[0].dtype)
        return [torch.cat([part.expand(len(x), -1, -1, -1), x], 2) for part, x in zip(prompt, own)]

    def sdpa(self, module, query, key, value, mask, scaling=None, **_):
        key, value = self.before(module, key, value)
        if mask is not None:
            mask = F.pad(mask, (self.prompt.shape[-2], 0), value=True)
        heard = F.scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=scaling)
        return heard.transpose(1, 2), None

    def eager(self, module, query, key, value, mask, scaling=None, **_):
        key, value = self.before(module, key, value)
        scores = query @ key.transpose(2, 3) * scaling
        if mask is not None:
            scores = scores + F.pad(mask, (self.prompt.shape[-2], 0))
        weights = scores.softmax(-1, dtype=torch.float32).to(value.dtype)
        return (weights @ value).transpose(1, 2), None
