"""What scikeras and Keras Tuner need to search over networks of the trainer."""
