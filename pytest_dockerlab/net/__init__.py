"""What is asked over HTTP goes out here: within a deadline, of bounded size, to addresses that are allowed."""
