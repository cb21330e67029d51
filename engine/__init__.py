"""Everything that runs: specs, the store, the host process and the jobs."""
