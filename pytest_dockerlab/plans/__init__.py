"""What we would run of a submission, as data: applications, builds, skeletons. Nothing is started here."""
