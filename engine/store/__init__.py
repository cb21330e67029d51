"""One SQLite file: runs, events, epoch figures, artefacts, requests, queries."""
