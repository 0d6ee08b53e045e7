"""What is known of one submission's grades, for an appeal: an archive, and what its README says."""
