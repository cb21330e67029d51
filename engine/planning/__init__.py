"""How many trials, trainings and epochs a search or sweep comes to, and what they say."""
