"""`penguin-tui decide RUN`: from which probability on its model predicts a class."""

from typing import Any

import click

from engine.results.probabilities import DEFAULT_THRESHOLD, THRESHOLDS, Costs, ProbabilityFigures
from engine.runs.state import RunState, fold
from penguin_tui.cli.arguments import RunNumber, store_of_run
from penguin_tui.cli.output.console import WrongUse, say, say_blocks, say_json
from penguin_tui.presentation.results.probabilities import (
    ThresholdLook,
    choice_blocks,
    choice_object,
    figures_of,
    missing,
    rule_of,
)

CHEAPEST = "cheapest"


class CostPair(click.ParamType[Costs]):
    """What a missed row costs and what a false alarm does: two numbers of 0 and more."""

    name = "costs"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Costs:
        """The costs, of which one at least is above 0."""
        if isinstance(value, Costs):
            return value
        try:
            missed, false_alarm = map(float, str(value).split(","))
        except ValueError:
            missed = false_alarm = -1.0
        if not (0 <= missed < 1e9 and 0 <= false_alarm < 1e9 and missed + false_alarm):
            self.fail(f"{value!r} is invalid: enter two numbers, such as 5,1.", param, ctx)
        return Costs(missed, false_alarm)


class Threshold(click.ParamType[int | str]):
    """A probability in percent, or `cheapest`."""

    name = "threshold"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        """Whole percent, or `CHEAPEST`."""
        text = str(value).strip().removesuffix("%").strip()
        if text == CHEAPEST or (text.isascii() and text.isdigit() and int(text) in THRESHOLDS):
            return text if text == CHEAPEST else int(text)
        low, high = THRESHOLDS[0], THRESHOLDS[-1]
        message = f"{value!r} is invalid: enter whole percent from {low} to {high}, or {CHEAPEST}."
        return self.fail(message, param, ctx)


@click.command("decide")
@click.argument("run", type=RunNumber())
@click.option("--threshold", type=Threshold(), metavar="PERCENT",
              help="Look at this threshold, or at the 'cheapest' (two classes).")  # fmt: skip
@click.option("--costs", type=CostPair(), default=Costs(), metavar="MISSED,FALSE",
              help="What errors cost (default: 1,1).")  # fmt: skip
@click.option("--keep", is_flag=True, help="Keep the threshold, and the temperature if it helps.")
@click.option("--reset", is_flag=True, help="Keep nothing: the most probable class.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def decide_command(
    run: int, threshold: int | str | None, costs: Costs, keep: bool, reset: bool, as_json: bool
) -> None:
    """Show, and keep, how a model decides.

    With two classes, the threshold of the positive one; a temperature where it
    makes the probabilities better. What is kept is applied by whatever predicts
    with the model. The tab Probabilities does the same.
    """
    if keep and reset:
        raise WrongUse("Either --keep or --reset.")
    with store_of_run(run) as (store, record):
        state = fold(RunState(), store.events(record.id)[1])
        found = figures_of(state)
        if found is None:
            raise WrongUse(missing(record, state))
        look = ThresholdLook(_threshold(found, threshold, costs), costs)
        if keep or reset:
            rule = rule_of(found, look) if keep else None
            if keep and rule is None:
                raise WrongUse(
                    "There is nothing to keep: no temperature helps, and no threshold is named.",
                    "--threshold names one." if found.thresholds is not None else "",
                )
            store.set_decision_rule(record.id, rule)
            record = store.run(record.id)
    if as_json:
        say_json(choice_object(record, found, look))
        return
    say_blocks(list(choice_blocks(record, found, look)))
    if record.decision_rule is None:
        say(f"Run {record.id} decides by the most probable class.")


def _threshold(found: ProbabilityFigures, asked: int | str | None, costs: Costs) -> int:
    if asked is None:
        return DEFAULT_THRESHOLD
    if found.thresholds is None:
        raise WrongUse("A threshold needs two classes, and a validation set of some size.")
    return found.thresholds.choose(costs).threshold if asked == CHEAPEST else int(asked)
