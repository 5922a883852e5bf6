"""The running demo against its own OpenAPI description."""
