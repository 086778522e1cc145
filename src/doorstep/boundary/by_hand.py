"""Words that a person had hidden by hand: masked whatever a rule for all kinds says."""

HIDDEN = "hidden"  # their kind
