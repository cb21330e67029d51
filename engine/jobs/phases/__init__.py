"""The phases that jobs have in common: read the data, train, evaluate, keep the network."""
