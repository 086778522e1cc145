"""From settings to the parts of a run: which home, which cloud, and the boundary between."""

from doorstep.assemble.clouds import SET_CLOUD, ChosenCloud, choose_cloud
from doorstep.assemble.homes import SET_HOME, ChosenHome, choose_home
from doorstep.assemble.household import Parts, assemble
from doorstep.assemble.rules import Layers, layers_of, policy_of, price_of

__all__ = [
    "SET_CLOUD",
    "SET_HOME",
    "ChosenCloud",
    "ChosenHome",
    "Layers",
    "Parts",
    "assemble",
    "choose_cloud",
    "choose_home",
    "layers_of",
    "policy_of",
    "price_of",
]
