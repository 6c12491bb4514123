"""The icon packages that training draws on: versions, hashes, licences, and what is left out.

Two kinds: packages of brand marks, whose marks are split by brand, and packages of pictograms,
which belong to nobody and are always trained on. Nothing of a package is kept in this repository;
`fetching` brings them when a model is trained.
"""

from dataclasses import dataclass
from typing import Final, Literal

Layout = Literal["iconify", "simple-icons", "svg-folder"]


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """One version of one package, known by the hash of its archive.

    Attributes:
        name: As npm knows it ("@iconify-json/logos").
        version: Exact ("1.2.19").
        sha256: Of the archive that `npm pack` writes, in hexadecimal.
        licence: SPDX identifier of what is inside, as the package states it.
    """

    name: str
    version: str
    sha256: str
    licence: str

    def __post_init__(self) -> None:
        if len(self.sha256) != 64 or not self.version[:1].isdigit():
            raise ValueError(f"{self.name} is pinned by a full SHA-256 and an exact version")

    @property
    def archive(self) -> str:
        """The file name that `npm pack` gives it ("iconify-json-logos-1.2.19.tgz")."""
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"

    @property
    def spec(self) -> str:
        """What `npm pack` is asked for ("@iconify-json/logos@1.2.19")."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class IconPackage:
    """An icon set and how it is read.

    Attributes:
        npm: Where it comes from.
        layout: How its drawings are stored.
        pictograms: Whether its drawings are nobody's marks.
        prefixes: Beginnings of names that do not belong to the brand ("square-").
        leave_out: Regular expression; drawings whose name it finds are not used.
        leave_out_category: A category of the package's own metadata that is not used.
        limit: At most so many drawings, the same ones every time; 0 for all.
        shy_of_brands: Leave out drawings whose name holds the key of a brand not trained on.
    """

    npm: NpmPackage
    layout: Layout
    pictograms: bool = False
    prefixes: tuple[str, ...] = ()
    leave_out: str = ""
    leave_out_category: str = ""
    limit: int = 0
    shy_of_brands: bool = False

    @property
    def source(self) -> str:
        """The package's name without its scope ("logos")."""
        return self.npm.name.rpartition("/")[2]


BRAND_PACKAGES: Final = (
    IconPackage(
        NpmPackage(
            "simple-icons",
            "16.37.0",
            "cd9faf0e6faa8a8fdd15e9632ab4c86fcae4b986fe552b87673149847f2f671d",
            "CC0-1.0",
        ),
        layout="simple-icons",
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/logos",
            "1.2.19",
            "1e8907c088bbf02eab8ee1b28f37e68ef22c380f2fb579ff99736b8ce5abf13a",
            "CC0-1.0",
        ),
        layout="iconify",
    ),
    IconPackage(
        NpmPackage(
            "super-tiny-icons",
            "0.6.0",
            "ef73c510abd3bd934e2c98cae2f6b9fcd8d04435fa2b9715435009b48bd51fcf",
            "MIT",
        ),
        layout="svg-folder",
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/cib",
            "1.2.3",
            "0d6efc2ec141f4b23422134a59a092a2e7e9f1fc7ecb08b81986159a5b868ac4",
            "CC0-1.0",
        ),
        layout="iconify",
        prefixes=("cc-",),
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/fa6-brands",
            "1.2.6",
            "cbd7af966f0b288753574bcfb1d498a0ddea1c99b918280b77a21faab4184eb1",
            "CC-BY-4.0",
        ),
        layout="iconify",
        prefixes=("square-", "cc-"),
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/devicon",
            "1.2.68",
            "5b5469af72fbe9aecb3b3c941931af967d0901a8deeff7c48ff4a3f0af2dde0c",
            "MIT",
        ),
        layout="iconify",
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/skill-icons",
            "1.2.4",
            "98bdbeed5290e48e87d206aa764e79db853cf16b192711a178c5b0fa963c8116",
            "MIT",
        ),
        layout="iconify",
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/streamline-logos",
            "1.2.0",
            "8d933e2ab3a0788639391b98438fd182aad72922d6ce57d502a8ddb8a0cc6eb8",
            "CC-BY-4.0",
        ),
        layout="iconify",
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/token-branded",
            "1.2.45",
            "33c1d5fb24d52d2015158bb09b7b884724e4f736bd9b217675c09290f47d7305",
            "MIT",
        ),
        layout="iconify",
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/cryptocurrency-color",
            "1.2.4",
            "9458176ac1d49bf6d96aa21f0fdaf2ece2219255f15e33136523c88d71fbfb91",
            "CC0-1.0",
        ),
        layout="iconify",
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/bxl",
            "1.2.4",
            "d4216d9156f484a3ca8ecc6478dfb567d63142e2246db6629a5855842b0b442d",
            "MIT",
        ),
        layout="iconify",
    ),
)

PICTOGRAM_PACKAGES: Final = (
    IconPackage(
        NpmPackage(
            "@iconify-json/game-icons",
            "1.2.4",
            "f5758efb34d91c4f50b941f355f16ee73938625e5996fabc25171288404460a4",
            "CC-BY-3.0",
        ),
        layout="iconify",
        pictograms=True,
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/noto",
            "1.2.9",
            "3e918d88fc945c0bb3d468dbace6f88caef67f01c9f0e7bcae0915a042e8f1ad",
            "Apache-2.0",
        ),
        layout="iconify",
        pictograms=True,
        # The same figure in five skin tones and two sexes would be its own hardest negative.
        leave_out=r"tone|(?:^|-)(?:man|men|woman|women|womans|mans|family)(?:-|$)",
        leave_out_category="Flags",
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/circle-flags",
            "1.2.11",
            "ee9a03f6a6fdd79cc6325bdcb7bb93b83d331e60b16e226188f154a64b6bb4a9",
            "MIT",
        ),
        layout="iconify",
        pictograms=True,
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/healthicons",
            "1.2.13",
            "4c2552c45737788a6599da3c5b72610c7fb4e7f87075d401c56fa16d487d4caf",
            "MIT",
        ),
        layout="iconify",
        pictograms=True,
        # An outline is what the compositor makes of the filled drawing.
        leave_out=r"-24px$|-outline$",
    ),
    IconPackage(
        NpmPackage(
            "@iconify-json/arcticons",
            "1.2.58",
            "18e58aba1f8610673616c1ae80c7385366b098037573ffee74d7dfa2334da9d1",
            "CC-BY-SA-4.0",
        ),
        layout="iconify",
        pictograms=True,
        limit=4000,
        shy_of_brands=True,
    ),
)
