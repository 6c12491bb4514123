"""What the detector of hidden patches is fitted on, and the fit."""
