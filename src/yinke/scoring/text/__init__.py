"""Texts (客户之声): what customers say, by topic and tone; a linear model, small and offline."""
