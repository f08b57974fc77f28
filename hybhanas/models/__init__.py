"""HQNNs: their layers as data, torch modules, populations, and training with Lightning."""
