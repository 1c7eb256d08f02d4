"""From the work tree to AWS: settings for Zappa, the package, and the checks afterwards."""
