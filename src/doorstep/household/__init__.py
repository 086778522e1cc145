"""The household: notes, devices and a tariff -> typed problem -> schedule -> answer."""

from doorstep.household.blind import Blinding
from doorstep.household.case import HouseholdCase
from doorstep.household.home import Home, ModelHome, RulesHome
from doorstep.household.parse import parse
from doorstep.household.problem import Load, Problem, ScheduledLoad, Solution, TariffWindow
from doorstep.household.solver import solve
from doorstep.household.stand_in import StandInCloud
from doorstep.household.values import Device, Household, Kept, Limit, Reading

__all__ = [
    "Blinding",
    "Device",
    "Home",
    "Household",
    "HouseholdCase",
    "Kept",
    "Limit",
    "Load",
    "ModelHome",
    "Problem",
    "Reading",
    "RulesHome",
    "ScheduledLoad",
    "Solution",
    "StandInCloud",
    "TariffWindow",
    "parse",
    "solve",
]
