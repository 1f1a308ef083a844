"""Who does what to whom, and when: what a story tells, and what a question takes for granted."""
