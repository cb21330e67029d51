"""How a key is written in a sentence: always looked up in the bindings, never typed."""

from textual.dom import DOMNode

from penguin_tui.terminal.textual_private.app import own_bindings


def key_of(node: DOMNode, binding_id: str) -> str:
    """The key of a binding of `node`, of a widget around it, of its screen or of the app.

    Raises LookupError where none has this id: a sentence would name a key that is none.
    """
    for around in node.ancestors_with_self:
        for binding in own_bindings(around):
            if binding.id == binding_id:
                return node.app.get_key_display(binding)
    raise LookupError(f"no binding {binding_id!r} on {node!r} or around it")
