"""The web door: pages over the rooms' queries and verbs. No rule of the programme stands here."""
