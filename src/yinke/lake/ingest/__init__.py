"""Ingestion: receive → parse → shape → merge, as the bank's interface handbook asks."""

from yinke.lake.ingest.load import FeedLoad, IngestSummary, ingest
from yinke.lake.ingest.receive import Awaited, Received, awaited

__all__ = ["Awaited", "FeedLoad", "IngestSummary", "Received", "awaited", "ingest"]
