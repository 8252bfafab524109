"""What is wrong or unusual about a draft, each as a doubt with code, full sentence, place, choices and cost. Pure."""

from matching.checks.duplicates import identical_twin
from matching.checks.item import item_choices
from matching.checks.run import run_checks

__all__ = ["identical_twin", "item_choices", "run_checks"]
