"""What a run has learnt, put to use: rows predicted by the network or baseline that it kept."""
