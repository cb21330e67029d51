"""The workbench itself: its places, commands, help, theme, and the thread that reads the store."""
