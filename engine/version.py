"""The version of this program, read by the build and shown to people."""

__version__ = "0.10.0"

# Of the trainer's arithmetic and its draws: another one gives other figures from the same seed.
# 1, of 0.1 to 0.6, was lowered by TensorFlow and began with Keras's draws; 2, of 0.7, is lowered
# by JAX; 3 pads less; 4 sums gradients in the order of another library.
TRAINER = 4
