"""The tables of the store.

Events are numbered for each run and only appended. Epoch figures lie in blocks
of up to 1,000 epochs, one row a block: 100,000 single rows take half a second
to decode, 100 blocks take a few milliseconds. A growing block is rewritten and
takes the newest number, so that a reader who asks "what is after n" gets it. Blocks and long
events are compressed (`engine.store.packing`).

How long a run has been working is `worked`, counted with every write, and what has passed
since `since`, a reading of `clock.steady`; that is NULL while nobody works on it. The moments
`created`, `started` (for the first time) and `ended` are those that a person reads: the
clock may have been set in between.

Where the trials of a run are trained is `cluster`, as `specs.cluster` writes it; empty: in the
engine's process. `settings` are those of the engine, kept until they are changed.

How often a held-out test set has been evaluated is counted by its rows: `row_tables` knows the
rows of each data set by their values (`engine.runs.held_out_rows`) and in how many evaluations each
of them was (uint32, little-endian), `test_sets` which of them a test set consists of and the
largest of their counts. A test set whose rows are not known, because its data are gone, has no
table: the evaluations counted for it are those under its own id.
"""

VERSION = 8

QUERIES = """
CREATE TABLE queries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pid INTEGER NOT NULL,
    asker TEXT NOT NULL,
    kind TEXT NOT NULL,
    arguments TEXT NOT NULL,
    key TEXT,
    begun INTEGER NOT NULL DEFAULT 0,
    phase TEXT NOT NULL DEFAULT '',
    answer BLOB,
    message TEXT,
    hint TEXT,
    UNIQUE (pid, asker)
);
CREATE TABLE answers (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    arguments TEXT NOT NULL,
    used REAL NOT NULL,
    body BLOB NOT NULL
);
"""

TEST_ROWS = """
CREATE TABLE row_tables (
    id TEXT PRIMARY KEY,
    target TEXT NOT NULL,
    columns TEXT NOT NULL,
    rows INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    evaluations BLOB NOT NULL
);
CREATE TABLE test_sets (
    id TEXT PRIMARY KEY,
    row_table TEXT REFERENCES row_tables (id),
    members BLOB NOT NULL,
    evaluations INTEGER NOT NULL
);
CREATE INDEX test_sets_by_table ON test_sets (row_table);
"""

SETTINGS = """
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
"""

TABLES = (
    QUERIES
    + TEST_ROWS
    + SETTINGS
    + """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    spec TEXT NOT NULL,
    data TEXT NOT NULL,
    target TEXT NOT NULL,
    protocol TEXT NOT NULL,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    worked REAL,
    since REAL,
    deleted REAL,
    acknowledged REAL,
    message TEXT NOT NULL DEFAULT '',
    hint TEXT NOT NULL DEFAULT '',
    epochs_planned INTEGER,
    epochs_run INTEGER NOT NULL DEFAULT 0,
    parameters INTEGER,
    best_epoch_val_accuracy REAL,
    metrics TEXT NOT NULL DEFAULT '{}',
    test_set_id TEXT,
    data_sha256 TEXT,
    test_data_sha256 TEXT,
    data_id TEXT,
    provenance TEXT NOT NULL DEFAULT '{}',
    decision_rule TEXT,
    cluster TEXT NOT NULL DEFAULT '',
    last_event INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX runs_by_status ON runs (status, id);
CREATE INDEX runs_by_data ON runs (data_id, kind, id);
CREATE TABLE events (
    run INTEGER NOT NULL REFERENCES runs (id),
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE TABLE epochs (
    run INTEGER NOT NULL REFERENCES runs (id),
    training_key INTEGER NOT NULL,
    first INTEGER NOT NULL,
    number INTEGER NOT NULL,
    body BLOB NOT NULL,
    columns TEXT NOT NULL,
    PRIMARY KEY (run, training_key, first)
);
CREATE INDEX epochs_by_number ON epochs (run, number);
CREATE TABLE artefacts (
    run INTEGER NOT NULL REFERENCES runs (id),
    name TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (run, name)
);
CREATE TABLE checkpoints (
    run INTEGER NOT NULL REFERENCES runs (id),
    trial INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (run, trial)
);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER REFERENCES runs (id),
    what TEXT NOT NULL,
    made REAL NOT NULL,
    acknowledged REAL
);
CREATE INDEX open_requests ON requests (id) WHERE acknowledged IS NULL;
CREATE TABLE test_evaluations (
    test_set_id TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (id),
    at REAL NOT NULL
);
CREATE INDEX test_evaluations_by_split ON test_evaluations (test_set_id);
CREATE TABLE engine (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    record TEXT NOT NULL
);
"""
)
