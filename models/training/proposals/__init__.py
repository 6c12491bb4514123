"""Trains the motif proposer: scenes with boxes on disk, targets, losses, the run, its figures."""
