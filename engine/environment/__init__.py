"""The machine a run is made on: cores, memory, versions, and what of it decides a result's bits."""
