"""The demo manufacturer Northlake Medical: fictitious, and loaded through the same verbs people use."""
