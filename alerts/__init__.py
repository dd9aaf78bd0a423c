"""Meaning: rules, their evaluator, advice, notices and the channels they go out by."""
