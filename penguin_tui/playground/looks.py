"""How many settings were judged by the same validation rows."""

from engine.results.playground import PlaygroundAnswer
from engine.specs.kinds.playground import PlaygroundQuestion


class Looks:
    """Counts in `counts`, by validation set; the same setting again is no other.

    Another view of the same networks is no other setting either.
    """

    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = counts
        self._seen: set[str] = set()

    def count(self, answer: PlaygroundAnswer, asked: PlaygroundQuestion) -> None:
        """The networks of `asked` were judged."""
        asked = asked.model_copy(update={"view": PlaygroundQuestion.model_fields["view"].default})
        key = f"{answer.validation_set} {asked.model_dump_json()}"
        if key not in self._seen:
            self._seen.add(key)
            self._counts[answer.validation_set] = self.at(answer) + 1

    def at(self, answer: PlaygroundAnswer) -> int:
        """The settings that were judged by the validation rows of this answer."""
        return self._counts.get(answer.validation_set, 0)
