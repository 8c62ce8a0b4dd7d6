"""Cards below the lab: tasks, quiz, scan report."""
