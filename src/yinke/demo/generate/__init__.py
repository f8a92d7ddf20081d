"""The demo bank's generator: ``generate`` writes a Chinese retail bank's nightly files.

How much of what, and why, stands in the modules: people and wealth in ``opening``, incomes in ``income``,
payments in ``spending``, savings in ``invest`` and ``deposits``, loans and cards in ``credit``, sessions in
``clicks``, seasons in ``days``, prices in ``products``, the organisation in ``orgs``.
"""

from yinke.demo.generate.run import generate

__all__ = ["generate"]
