"""Dense classifiers as Keras models, and the compiled program that trains them."""
