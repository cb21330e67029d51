"""The engine process: its host, its threads, and what it loads and compiles."""
