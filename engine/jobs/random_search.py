"""Candidates drawn at random: scikit-learn's RandomizedSearchCV (Bergstra and Bengio 2012)."""

from sklearn.model_selection import ParameterSampler, RandomizedSearchCV

from engine.jobs import cross_validation
from engine.network.seeds import CANDIDATES, derived_seed
from engine.network.space_adapters import as_distribution
from engine.reporter import Reporter
from engine.results import SearchResult
from engine.searches import workload
from engine.specs import RandomSearchSpec


def run(spec: RandomSearchSpec, reporter: Reporter) -> SearchResult:
    """Draw `spec.candidates`, cross-validate each, refit the best and score it once.

    The draws depend on `spec.seed` alone. Where the space has fewer different
    candidates, each of them is tried once.
    """
    space = cross_validation.parameters(spec, as_distribution)
    seed = derived_seed(spec.seed, CANDIDATES)
    count = workload(spec).trials
    if count < spec.candidates:
        reporter.warn(f"There are only {count:,} different candidates; each is tried once.")
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
