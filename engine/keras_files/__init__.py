"""Networks as `.keras` files, Keras's format of version 3, written without Keras."""
