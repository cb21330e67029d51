"""The activations of hidden layers, and how their weights start, by name: the one table of each.

The formulas stand in `engine.trainer.activations`, those of the initializers in
`engine.trainer.initial_weights`; tests hold them equal to Keras's.
"""

from typing import Final

# name -> what it is
ACTIVATIONS: Final[dict[str, str]] = {
    "relu": "max(0, x) (Nair and Hinton 2010)",
    "leaky_relu": "x above 0, 0.2 x below (Maas et al. 2013)",
    "elu": "x above 0, exp(x) - 1 below (Clevert et al. 2016)",
    "selu": "ELU, scaled to keep mean and variance (Klambauer et al. 2017)",
    "gelu": "x Φ(x), Φ of the normal distribution (Hendrycks and Gimpel 2016)",
    "silu": "x sigmoid(x) (Elfwing et al. 2018)",
    "tanh": "the hyperbolic tangent, from -1 to 1",
    "sigmoid": "1 / (1 + exp(-x)), from 0 to 1",
}
INITIALIZERS: Final[dict[str, str]] = {
    "he_uniform": "uniform, variance 2 / inputs (He et al. 2015)",
    "he_normal": "truncated normal, variance 2 / inputs (He et al. 2015)",
    "glorot_uniform": "uniform, variance 2 / (inputs + outputs) (Glorot and Bengio 2010)",
    "glorot_normal": "truncated normal, variance 2 / (inputs + outputs) (Glorot and Bengio 2010)",
    "lecun_uniform": "uniform, variance 1 / inputs (LeCun et al. 1998)",
    "lecun_normal": "truncated normal, variance 1 / inputs (LeCun et al. 1998)",
}
