"""One spec a kind of run or query: what can be set, and what holds where it is not."""
