"""Standoff: news texts in, a versioned and traceable data package out."""
