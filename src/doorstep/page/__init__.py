"""The page for the person whose data it is: what was asked, what left the house, what waits."""
