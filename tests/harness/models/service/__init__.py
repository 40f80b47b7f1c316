"""Tests of bridge.harness.models.service."""
