"""Trials drawn at random: scikit-learn's RandomizedSearchCV (Bergstra and Bengio 2012)."""

from sklearn.model_selection import ParameterSampler, RandomizedSearchCV

from engine.jobs.cross_validation import search as cross_validation
from engine.keras_adapter.search_spaces import as_distribution, as_list
from engine.results.search import SearchResult
from engine.runs.reporter import Reporter
from engine.specs.kinds.searches import RandomSearchSpec
from engine.trainer.seeds import DRAWS, derived_seed


def run(spec: RandomSearchSpec, reporter: Reporter) -> SearchResult:
    """Draw `spec.max_trials`, cross-validate each, refit the best and score it once.

    The draws depend on `spec.seed` alone. Where the space has fewer different
    trials, each of them is run once.
    """
    seed = derived_seed(spec.seed, DRAWS)
    count = spec.trials
    # of lists scikit-learn draws nothing twice, of distributions it may
    everything = count == spec.combinations
    space = cross_validation.parameters(spec, as_list if everything else as_distribution)
    if count < spec.max_trials:
        reporter.warn(f"There are only {count:,} different trials; each is run once.")
    drawn = list(ParameterSampler(space, count, random_state=seed))
    return cross_validation.run(
        spec,
        reporter,
        drawn,
        RandomizedSearchCV,
        param_distributions=space,
        n_iter=count,
        random_state=seed,
    )
