"""What ties the screen to the engine: the follower of the store, and what screens may ask for."""
