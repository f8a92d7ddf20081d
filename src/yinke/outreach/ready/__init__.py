"""即用模板: plans of care and journeys that a bank can take on its first day, with the texts that they need."""
