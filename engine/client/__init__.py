"""How the workbench and the command line use the engine: submit, stop, follow."""
