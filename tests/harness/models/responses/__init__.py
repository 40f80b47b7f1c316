"""Tests of bridge.harness.models.responses."""
