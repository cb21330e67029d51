"""What a run reports, and the state its events fold to."""
