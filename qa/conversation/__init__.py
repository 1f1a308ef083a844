"""Follow-ups: a question that leans on the turns before it is put so that it stands alone."""
