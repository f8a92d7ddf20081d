"""The worker's task: train a model that somebody asked for on the page; never beside a night, whose lock it shares."""

from __future__ import annotations

from procrastinate.contrib.django import app

from yinke.scoring.services.training import carry_out


@app.task(name="scoring.train", queue="nightly", lock="night")
def train(run_id: int) -> str:
    """Carry a training out; how it ended."""
    return carry_out(run_id)
