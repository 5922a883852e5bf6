"""What learners do: from events to the facts that reports count, and where those are kept."""
