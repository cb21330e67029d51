"""How the command line lays out what it prints."""
