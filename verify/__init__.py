"""verify: the judge: evidence, certificates, reports, and the command line."""
