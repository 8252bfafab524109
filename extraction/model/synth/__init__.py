"""Generated orders with their truth: an invented company, what its customers order, and the papers they send it on."""

from extraction.model.synth.company import Company, make_company
from extraction.model.synth.demo import demo_samples
from extraction.model.synth.generate import KINDS, Sample, generate
from extraction.model.synth.import_files import write_import_files

__all__ = ["KINDS", "Company", "Sample", "demo_samples", "generate", "make_company", "write_import_files"]
