"""Files and numbers of PyTorch for the nets: weights (safetensors), inputs, outputs, and losses of a few steps."""
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

torch.manual_seed(7)
torch.set_num_threads(1)
OUT = Path(__file__).parent.parent


class AttentionLstm(nn.Module):
    def __init__(self, inputs, hidden, layers, classes):
        super().__init__()
        self.lstm = nn.LSTM(inputs, hidden, layers, batch_first=True)
        self.attention = nn.ModuleDict(
            {"project": nn.Linear(hidden, hidden), "score": nn.Linear(hidden, 1, bias=False)}
        )
        self.head = nn.Sequential(nn.Linear(hidden, 12), nn.ReLU(), nn.Linear(12, classes))

    def forward(self, x):
        states, _ = self.lstm(x)
        score = self.attention["score"](torch.tanh(self.attention["project"](states)))
        return self.head((torch.softmax(score, dim=1) * states).sum(dim=1))


class Mlp(nn.Module):
    def __init__(self, inputs, classes):
        super().__init__()
        self.head = nn.Sequential(
            nn.Linear(inputs, 20), nn.LayerNorm(20), nn.GELU(), nn.Linear(20, 9), nn.LayerNorm(9), nn.GELU(),
            nn.Linear(9, classes),
        )

    def forward(self, x):
        return self.head(x[:, 0])


def steps(model, x, y, optimiser, weight, clip):
    losses = []
    for _ in range(6):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y, weight=weight)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimiser.step()
        losses.append(loss.item())
    return losses


def golden(name, model, x, y, make, weight):
    save_file(model.state_dict(), OUT / f"torch-{name}.safetensors")
    with torch.no_grad():
        outputs = model(x)
    # PyTorch's LSTM has two biases that are only ever added, so their sum moves twice as far a step; ours has one.
    named = dict(model.named_parameters())
    with torch.no_grad():
        for parameter in [p for p in named if "bias_hh" in p]:
            named[parameter.replace("hh", "ih")] += named[parameter]
            named[parameter].zero_().requires_grad_(False)
    losses = steps(model, x, y, make([p for p in model.parameters() if p.requires_grad]), weight, 0.5)
    with torch.no_grad():
        after = model(x)
    return {
        "steps": x.shape[1],
        "features": x.flatten().tolist(),
        "targets": y.tolist(),
        "classWeights": weight.tolist(),
        "outputs": outputs.flatten().tolist(),
        "losses": losses,
        "after": after.flatten().tolist(),
    }


x = torch.randn(10, 7, 5)
y = torch.randint(0, 3, (10,))
table = torch.randn(24, 1, 6)
labels = torch.randint(0, 2, (24,))
data = {
    "attention-lstm": golden(
        "attention-lstm", AttentionLstm(5, 10, 2, 3), x, y,
        lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.02), torch.tensor([1.0, 2.0, 0.5]),
    ),
    "mlp": golden(
        "mlp", Mlp(6, 2), table, labels,
        lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.1), torch.tensor([0.7, 1.3]),
    ),
}
(OUT / "torch-nets.json").write_text(json.dumps(data))
