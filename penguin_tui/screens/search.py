"""Search: random search, grid search and Hyperband."""

from penguin_tui.screens.coming import ComingScreen


class SearchScreen(ComingScreen):
    """Says what searches will do."""

    PLACE = "search"
    TITLE_TEXT = "Searches come with the next version."
    LINES = (
        "Random search and grid search (scikit-learn) and Hyperband (Keras Tuner) will try many "
        "settings, rank the candidates as they are scored, and keep the test part sealed until "
        "the best one is known.",
        "Until then: train single networks on screen 3, and compare them on screen 6.",
    )
