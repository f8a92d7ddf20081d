"""Yinke (银客): software with which a bank keeps and grows its customers."""
