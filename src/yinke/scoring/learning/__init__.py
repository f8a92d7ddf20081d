"""学习: training, calibration and measuring of a model, the same for public sets and for the bank's own. Knows no Django."""
