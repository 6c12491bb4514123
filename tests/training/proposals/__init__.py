"""The proposer's training: scenes, targets, losses, the run and its figures."""
