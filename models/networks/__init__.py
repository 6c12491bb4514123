"""Networks as torch modules that take raw crops: normalisation is part of the network."""
