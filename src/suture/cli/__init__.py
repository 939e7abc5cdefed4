"""The command line: results on stdout, progress on stderr, exit codes with meaning."""
