"""Keras models on the compiled program, and what scikit-learn and Keras Tuner need of them."""
