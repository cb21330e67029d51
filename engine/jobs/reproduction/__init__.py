"""What the reproduction of the post is made of: its steps, its networks, and what came of them."""
