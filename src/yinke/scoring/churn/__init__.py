"""流失: the label, the features and the training of the churn model, on the lake. Knows no Django."""
