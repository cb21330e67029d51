r"""Every private attribute of Textual that the program touches, and why.

Tried with Textual 8.2. tests/penguin_tui/terminal/test_private_api.py names each of them, so
that another version fails there and not on a screen; no module elsewhere may touch one.

- `App._display` is where a frame goes to the terminal: the renderer of differences stands there.
- `App._driver.write` asks the terminal whether it has taken a frame. Every byte for the terminal
  goes through `write` of the driver: the gate stands there.
- `App._sync_available` says whether the terminal holds a frame back until it is complete.
- `App._handle_exception`, `_fatal_error`, `_exception`, `_exit`, `_close_messages_no_wait`: a
  crash ends with a sentence and a log, not with a screenful of traceback.
- `LinuxDriver._get_terminal_size` believes COLUMNS and LINES; `_app` is its app; `_patch_lflag`
  makes a key of Ctrl+\, which is to end a workbench that hangs.
- `CommandPalette._action_command_list` fails on page keys before its list is laid out.
- `DOMNode._bindings` has all bindings of a node, also those that do nothing at the moment.
- `Screen._layout_required`, `_scroll_required`, `_recompose_required`, `_callbacks` and
  `App._batch_count` say that the screen has yet to follow what was done; `_ready` of asyncio's
  loop, that somebody is about to act. A key waits for all of them.
- `Screen._on_timer_update`, `_compositor_refresh`, `_repaint_required` and
  `_compositor._dirty_regions`: a screen that is opened is drawn once, and not first what its layout
  has changed and then everything, nor while what is drawn is thrown away. For that
  `App._begin_batch` and `_end_batch` hold its first picture until it stands.
- `Screen._on_screen_resume`, `_post_register` and `_css_update_count` of screen and app: a screen
  that is opened is told so once, and no rules are compared again that have just been compared.
- `App._modes`, `_screen_stacks`, `_get_screen` and `_load_screen_css`: the first screen of a mode
  is made before it is shown, as `App._init_mode` makes it when it is.
- `XTermParser` (of `linux_driver`), its `feed` and `_sequence_to_key_events`: Escape and a key that
  arrive in one piece would be an Alt combination, or a letter of a Macintosh.
- `Stylesheet._parse_rules`, `_variables` and `_process_component_classes`: styles are parsed once,
  not three times a screen, and the rules that hold for a node are looked up by its place in the
  tree. For that `DOMNode._parent`, `_selector_names`, `_get_component_classes`,
  `_component_styles`, and what a node remembers of its rules: `_has_hover_style`,
  `_has_focus_within`, `_has_order_style`, `_has_odd_or_even`.
- `Screen._compositor`, its `_dirty_regions` and `App._background_screens`: what tells that a key
  was taken is drawn before what the key does.
- `textual._compositor` has the types of the updates that `_display` is given.
"""
