"""Textual's command palette, made safe against keys that come in odd moments."""

from textual.command import CommandList, CommandPalette

PALETTE_ID = "--command-palette"


class Palette(CommandPalette):
    """The palette; Page Up and Page Down do nothing while its list is not on screen."""

    def _action_command_list(self, action: str) -> None:
        # Textual's own looks up a line of the list, which has none before it is laid out
        if self.query_one(CommandList).scrollable_content_region.height:
            super()._action_command_list(action)
