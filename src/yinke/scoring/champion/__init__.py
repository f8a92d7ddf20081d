"""冠军与挑战者: the model in use, and the one that stands ready beside it."""
