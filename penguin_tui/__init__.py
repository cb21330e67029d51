"""The terminal workbench and the command line."""
