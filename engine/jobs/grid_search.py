"""Every combination of the listed values: scikit-learn's GridSearchCV."""

from sklearn.model_selection import GridSearchCV, ParameterGrid

from engine.jobs.cross_validation import search as cross_validation
from engine.keras_adapter.search_spaces import as_list
from engine.results.search import SearchResult
from engine.runs.reporter import Reporter
from engine.specs.kinds.searches import GridSearchSpec


def run(spec: GridSearchSpec, reporter: Reporter) -> SearchResult:
    """Cross-validate every combination, refit the best and score it once."""
    space = cross_validation.parameters(spec, as_list)
    combinations = list(ParameterGrid(space))
    return cross_validation.run(spec, reporter, combinations, GridSearchCV, param_grid=space)
