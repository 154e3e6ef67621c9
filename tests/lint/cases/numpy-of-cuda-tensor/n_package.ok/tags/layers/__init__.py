from .scorer import Scorer
