"""Tests of what model calls cost."""
