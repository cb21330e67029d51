"""One SQLite file: runs, events, epoch figures, artefacts, requests, queries."""

from engine.store.records import EngineRecord, Request, RequestKind, RunRecord
from engine.store.schema import VERSION
from engine.store.store import Store

__all__ = ["VERSION", "EngineRecord", "Request", "RequestKind", "RunRecord", "Store"]
