"""效果: how a random holdout is drawn, and what may honestly be claimed from it. Arithmetic alone; see ``docs/effect.md``."""
