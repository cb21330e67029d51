"""Between Textual and the terminal: what is sent, and whether it keeps up."""
