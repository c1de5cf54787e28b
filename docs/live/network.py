"""A network

Two inputs, two hidden neurons, one output, and the squared error of its answer. The boxes of the parameters
are labeled as in ``model.named_parameters()``.
"""

from nanograd.nn import MLP, MSELoss, manual_seed

manual_seed(1)
model = MLP(2, [2, 1], activation="tanh")
for name, parameter in model.named_parameters():
    parameter.label = name

answer = model([1.0, -2.0])
out = MSELoss()(answer, 1.0)
out.backward()

print(f"answer {answer.data:.4f}, loss {out.data:.4f}")
