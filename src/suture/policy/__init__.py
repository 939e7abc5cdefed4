"""Ground: the firm's own rules as versioned, signed, effective-dated records; and its number sequences."""
