"""指标: the day's metrics of every customer (docs/glossary.md), incremental from night to night."""

from yinke.lake.features.compute import compute_features
from yinke.lake.features.transactions import is_initiated, net_of_reversals

__all__ = ["compute_features", "is_initiated", "net_of_reversals"]
