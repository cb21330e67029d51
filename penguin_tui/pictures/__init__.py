"""Pictures in the terminal itself, where it draws any."""
