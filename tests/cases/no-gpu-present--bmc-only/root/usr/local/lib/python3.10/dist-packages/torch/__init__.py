"""The torch package."""
