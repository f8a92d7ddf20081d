"""学习: training, calibration and measuring of a model, the same for public sets and for the bank's own. Knows no Django."""

from yinke.scoring.learning.calibration import Calibrator
from yinke.scoring.learning.fit import Model, Recipe, fit
from yinke.scoring.learning.frame import Feature, Frame
from yinke.scoring.learning.metrics import Metrics, measure

__all__ = ["Calibrator", "Feature", "Frame", "Metrics", "Model", "Recipe", "fit", "measure"]
