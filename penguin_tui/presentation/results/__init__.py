"""What each kind of run came to, in cells and sentences."""
