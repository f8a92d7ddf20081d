"""Settings for the type checker, which asks them of models only: no database is started for it."""

import os

os.environ["DATABASE_URL"] = "postgresql://nobody@localhost/nothing"

from yinke.settings import *  # noqa: F403
