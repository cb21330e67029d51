"""Hyperband: trials that are trained rung by rung, and the networks that are promoted."""
