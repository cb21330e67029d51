"""What a run as it stands has to offer elsewhere: settings to a form, figures, files."""

from engine.kinds import varies
from engine.planning.chosen_training import chosen_settings
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.results.best_settings import can_be_evaluated


def is_offered(action: str, record: RunRecord, state: RunState) -> bool:
    """Whether the key for `action` would do something with this run now."""
    several = varies(record.kind)
    match action:
        case "to_train":
            return several and chosen_settings(state) is not None
        case "evaluate" if several:
            return record.unreadable is None and chosen_settings(state) is not None
        case "evaluate":
            return record.unreadable is None and can_be_evaluated(record.spec)
        case "figures" | "export":
            return not record.live and bool(state.curves or state.result)
        case "watch_epochs" if several:
            return not record.live and chosen_settings(state) is not None
        case "watch_epochs":
            return record.kind == "train" and not record.live and bool(state.curves)
        case _:
            return True
