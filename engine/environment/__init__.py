"""The machine a run is made on: cores, memory, versions, and what of the environment counts."""
