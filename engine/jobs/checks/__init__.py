"""What may be wrong with a run: one function a finding, each with its measurement."""
