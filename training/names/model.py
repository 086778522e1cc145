"""The network: MiniLM-L6 with a shape embedding beside the word embedding, and a typed head."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional
from training.names.text import CLASSES

from doorstep.boundary.detect.wordpiece import SHAPES

WIDTH, HEADS, INNER, LAYERS = 384, 12, 1536, 6
EPSILON = 1e-12


class Layer(nn.Module):
    """One encoder layer (post-norm, as BERT's)."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, EPSILON)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, EPSILON)
        self.dropout = dropout

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        # By hand: on a CPU the fused attention spends twice as long on its way back.
        scores = q @ k.transpose(-1, -2) * (WIDTH // HEADS) ** -0.5
        mixed = functional.softmax(scores + mask, -1).to(v.dtype) @ v
        mixed = self.out(mixed.transpose(1, 2).reshape(batch, length, WIDTH))
        x = self.norm1(x + self._drop(mixed))
        return self.norm2(x + self._drop(self.down(functional.gelu(self.up(x)))))

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training)


class Tagger(nn.Module):
    """Scores of every class for every piece: (batch, length) -> (batch, length, CLASSES)."""

    def __init__(self, vocabulary: int = 30522, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Embedding(512, WIDTH)
        self.shapes = nn.Embedding(SHAPES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, EPSILON)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.head = nn.Linear(WIDTH, CLASSES)
        self.dropout = dropout
        nn.init.normal_(self.shapes.weight, std=0.01)

    def forward(self, ids: Tensor, shapes: Tensor, lengths: Tensor) -> Tensor:
        at = torch.arange(ids.shape[1])
        x = self.norm(self.words(ids) + self.places(at) + self.shapes(shapes))
        x = functional.dropout(x, self.dropout, self.training)
        past = at[None, :] >= lengths[:, None]
        mask = past.to(torch.bfloat16)[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, mask)
        scores: Tensor = self.head(x)
        return scores


def from_minilm(path: Path) -> Tagger:
    """A tagger with the encoder of `model.safetensors`; head and shapes are new."""
    old = load_file(path)
    model = Tagger()
    new = model.state_dict()
    new["words.weight"] = old["embeddings.word_embeddings.weight"]
    # Every piece is of BERT's first segment: its embedding is added once and for all.
    segment = old["embeddings.token_type_embeddings.weight"][0]
    new["places.weight"] = old["embeddings.position_embeddings.weight"] + segment
    for part in ("weight", "bias"):
        new[f"norm.{part}"] = old[f"embeddings.LayerNorm.{part}"]
        for number in range(LAYERS):
            a, b = f"layers.{number}.", f"encoder.layer.{number}."
            qkv = [old[f"{b}attention.self.{x}.{part}"] for x in ("query", "key", "value")]
            new[f"{a}qkv.{part}"] = torch.cat(qkv)
            new[f"{a}out.{part}"] = old[f"{b}attention.output.dense.{part}"]
            new[f"{a}norm1.{part}"] = old[f"{b}attention.output.LayerNorm.{part}"]
            new[f"{a}up.{part}"] = old[f"{b}intermediate.dense.{part}"]
            new[f"{a}down.{part}"] = old[f"{b}output.dense.{part}"]
            new[f"{a}norm2.{part}"] = old[f"{b}output.LayerNorm.{part}"]
    model.load_state_dict(new)
    return model
