"""The screens of the workbench, each loaded when it is first shown."""
