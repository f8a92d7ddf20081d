"""价值与下一产品: what a customer brings, what they will bring, and what they may need next. Knows no Django."""
