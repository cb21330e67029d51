"""The machine a run is made on: cores, memory, temporary folders, versions, what decides bits."""
