"""Commands that change a run there is: asked to stop, named, removed."""
