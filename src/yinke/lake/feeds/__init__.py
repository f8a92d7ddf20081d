"""Feeds: the bank's nightly files, each described by a YAML file."""

from yinke.lake.feeds.model import Control, Feed, FeedSet, Lookup, Source, Tolerance
from yinke.lake.feeds.read import load_feeds, read_feed

__all__ = ["Control", "Feed", "FeedSet", "Lookup", "Source", "Tolerance", "load_feeds", "read_feed"]
