"""Any bytes, and any table, are read or refused in a sentence."""

import csv
import io
import string
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.summary import summarize
from engine.errors import EngineError
from engine.specs.data import DataSpec
from tests.support.engine.written_tables import write

ANY_SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def use(path: str, **fields: object) -> str:
    """Do all that is done with a file; the sentence told, or ''."""
    spec = DataSpec.model_validate({"data": path, **fields})
    try:
        table = load(spec)
        summarize(table, spec).model_dump_json()
        prepared = preprocess(table, spec)
    except EngineError as error:
        return str(error)
    assert np.isfinite(prepared.train.x).all()
    return ""


@ANY_SETTINGS
@example(body=b";\r;;\x01;\x01", fields={})
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.text(st.sampled_from(list("ab1,;\t|\"' \n\r.-e\x1b\u202eé\0")), max_size=120).map(
            lambda text: text.encode()
        ),
    ),
    fields=st.fixed_dictionaries(
        {},
        optional={
            "encoding": st.sampled_from(["utf-8", "latin-1", "cp1252", "utf-16"]),
            "delimiter": st.sampled_from(["tab", ";", " ", "a", ".", "'"]),
            "quote": st.sampled_from(["none", "'", "1"]),
            "decimal": st.sampled_from([".", ","]),
            "header": st.sampled_from(["yes", "no"]),
        },
    ),
)
def test_any_bytes_give_a_table_or_a_sentence(
    tmp_path: Path, body: bytes, fields: dict[str, str]
) -> None:
    sentence = use(write(tmp_path, body), target="column 1", **fields)
    assert sentence.replace("\n", "").isprintable()


CELLS = st.one_of(
    st.sampled_from(
        ["", "NA", "nan", "1", "0", "-3", "2.5", "1,5", "1e5", "1e999", "inf", "True", "no", "a",
         "A", "a ", "=1+1", "[b]x[/b]", "\x1b[2J", "x\ny", 'q"q', "9" * 30, "1_000", "٣", "1e-320"]
    ),
    st.text(string.printable, max_size=6),
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    width = draw(st.integers(2, 4))
    names = draw(st.lists(st.text(min_size=1, max_size=5), min_size=width - 1, max_size=width - 1))
    # each column draws from a few cells, so that classes and categories come about
    pools = [draw(st.lists(CELLS, min_size=1, max_size=4)) for _ in range(width)]
    rows = draw(st.integers(1, 25))
    pick = draw(st.randoms(use_true_random=False))
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=draw(st.sampled_from(",;\t|")),
        lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])),
    )
    writer.writerow([*names, "label"])
    for _ in range(rows):
        writer.writerow([pick.choice(pool) for pool in pools])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    return text.getvalue().encode(encoding, "replace")


@ANY_SETTINGS
@given(
    body=tables(),
    fields=st.fixed_dictionaries(
        {
            "protocol": st.sampled_from(["strict", "as_published"]),
            "category_encoding": st.sampled_from(["one_hot", "ordinal"]),
            "scaling": st.sampled_from(["standard", "min_max", "none"]),
            "imputation": st.sampled_from(["mean", "median"]),
            "missing_categories": st.sampled_from(["separate_category", "most_frequent"]),
        }
    ),
)
def test_any_table_is_prepared_or_a_sentence_told(
    tmp_path: Path, body: bytes, fields: dict[str, str]
) -> None:
    sentence = use(write(tmp_path, body), target="label", **fields)
    assert sentence.replace("\n", "").isprintable()
