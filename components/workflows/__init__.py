"""GitHub workflows as typed values, and what a repository's rules derive from them."""
