"""规则: the one language in which segments, tags, tiers and stages are drawn.

``language`` is its form, ``fields`` what it may speak of, ``check`` refuses what makes no sense, ``compile`` asks
the lake, ``sentence`` and ``parse`` turn it into words and back, ``explain`` says why of one customer.
"""
