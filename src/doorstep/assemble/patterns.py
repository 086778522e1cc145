"""The parts of a run of any pattern: its models, the boundary, and the pattern itself."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from doorstep._errors import ConfigError
from doorstep._values import Crossing
from doorstep.assemble.clouds import ChosenCloud, StandIn, choose_cloud
from doorstep.assemble.homes import ChosenHome, choose_home
from doorstep.assemble.rules import Layers, layers_of, policy_of, price_of
from doorstep.assemble.tree import CloudKey, Node
from doorstep.assemble.waiting import person_of
from doorstep.boundary import Boundary, Clearance, Ledger, Passage
from doorstep.boundary.keys import derived, load_key
from doorstep.config import Settings
from doorstep.models.base import Model
from doorstep.patterns.build import Between, made
from doorstep.patterns.run import Pricer, Watch, quiet
from doorstep.patterns.stand_ins import STANDS_IN_CLOUD, StandInHome, stand_in_cloud
from doorstep.runs.held import Waiting

if TYPE_CHECKING:
    import httpx2


PLANS = "cloud: a local server that plans by rules instead of a cloud model"


class Witness(Boundary):
    """A boundary that remembers its passages, so that a dry run can tell what would have left,
    also where the pattern went on without the cloud.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.passages: list[Passage] = []

    @contextmanager
    def crossing(self, clearance: Clearance) -> Iterator[Passage]:
        """See `Boundary.crossing`."""
        with super().crossing(clearance) as passage:
            self.passages.append(passage)
            yield passage

    @property
    def held(self) -> list[Crossing]:
        """What a dry run kept back, in order."""
        return [passage.held for passage in self.passages if passage.held is not None]


@dataclass(frozen=True, slots=True)
class PatternParts:
    """`homes` and `clouds` are the chosen models, by the name that the options gave them ("" for
    those of the settings). `layers`: what looked for private text before anything crossed.
    """

    pattern: Model
    node: Node
    homes: Mapping[str, ChosenHome]
    clouds: Mapping[CloudKey, ChosenCloud]
    boundary: Witness
    layers: Layers


@asynccontextmanager
async def assemble_pattern(
    node: Node,
    settings: Settings,
    environ: Mapping[str, str] | None = None,
    *,
    dry_run: bool = False,
    watch: Watch = quiet,
    waiting: Waiting | None = None,
) -> AsyncIterator[PatternParts]:
    """Open everything a run of `node` needs, and close it again. `waiting`: where a person is
    asked. Raises `DoorstepError`."""
    environ = os.environ if environ is None else environ
    async with AsyncExitStack() as stack:
        chosen = Chosen(settings, environ, stack)
        await chosen.open(node)
        layers = layers_of(settings, settings.boundary.level)
        boundary = Witness(
            ledger=stack.enter_context(Ledger(settings.ledger_path())),
            policy=policy_of(settings, *chosen.origins),
            key=house_key(settings),
            detectors=layers.detectors,
            dry_run=dry_run,
            **person_of(settings, waiting, stack),
        )
        client = await stack.enter_async_context(boundary.client(timeout=settings.cloud.timeout_s))
        maker = Maker(chosen, boundary, client, price_of(settings), watch)
        yield PatternParts(maker.make(node), node, chosen.homes, chosen.clouds, boundary, layers)


class Chosen:
    """The models of one run, or of all runs of a server: each is opened once, and closed with
    `stack`. By the name that the options gave them, "" for those of the settings.
    """

    def __init__(
        self, settings: Settings, environ: Mapping[str, str], stack: AsyncExitStack
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._stack = stack
        self.homes: dict[str, ChosenHome] = {}
        self.clouds: dict[CloudKey, ChosenCloud] = {}

    async def open(self, node: Node) -> None:
        """All models that `node` needs and that are not open yet."""
        for name in node.homes():
            await self.home(name)
        for key in node.clouds():
            await self.cloud(key)

    async def home(self, name: str) -> ChosenHome:
        if name not in self.homes:
            settings = _with(self._settings, "home", name)
            self.homes[name] = await choose_home(settings, self._stack)
        return self.homes[name]

    async def cloud(self, key: CloudKey) -> ChosenCloud:
        if key not in self.clouds:
            settings = _with(self._settings, "cloud", key[0])
            self.clouds[key] = await choose_cloud(
                settings, self._environ, self._stack, _stand_in(key)
            )
        return self.clouds[key]

    @property
    def origins(self) -> tuple[str, ...]:
        """Where the open clouds are."""
        return tuple(sorted({cloud.origin for cloud in self.clouds.values()}))


def _stand_in(key: CloudKey) -> StandIn:
    from doorstep.patterns.planning.stand_in import stand_in_planner

    plans = key[1]
    return StandIn(stand_in_planner, PLANS) if plans else StandIn(stand_in_cloud, STANDS_IN_CLOUD)


def _with(settings: Settings, side: str, name: str) -> Settings:
    """The settings with another model at `side`; "" leaves it as it is."""
    if not name:
        return settings
    table = getattr(settings, side).model_copy(update={"model": name})
    return settings.model_copy(update={side: table})


def house_key(settings: Settings) -> bytes:
    """The house's key: with it a dry run shows the very placeholders that will cross."""
    try:
        return derived(load_key(keyring=settings.boundary.keyring), "placeholders")
    except OSError as error:
        raise ConfigError(
            f"The key for placeholders cannot be kept in the data folder ({type(error).__name__}).",
            hint="Make the folder writable.",
        ) from None


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds a tree from its leaves up. Its models have to be open."""

    chosen: Chosen
    boundary: Boundary
    client: httpx2.AsyncClient
    price: Pricer
    watch: Watch = quiet

    def make(self, node: Node) -> Model:
        home = self.make(node.home) if isinstance(node.home, Node) else self.home(node.home)
        if isinstance(node.cloud, Node):
            cloud = self.make(node.cloud)
        else:
            cloud = self.chosen.clouds[node.cloud, node.plans].build(self.client)
        return made(node.options, Between(home, cloud, self.boundary, self.price, self.watch))

    def home(self, name: str) -> Model:
        return self.chosen.homes[name].model or StandInHome()
