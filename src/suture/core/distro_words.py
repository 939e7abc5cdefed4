"""Why a distribution's package URL is looked up under the name it is, as a sentence a person can check."""

from __future__ import annotations

from suture.core import purl
from suture.core.distros import DISTRO_TYPES
from suture.core.errors import InvalidValue
from suture.core.identity import ANY_RELEASE, known_source
from suture.core.rpm_modules import labelled, tag_of


def why_looked_up(given_as: str, package: str) -> str:
    """What stands between a package URL and the name of a package of a distribution; '' where nothing does.

    `package` is a name as `identity` makes it: 'rpm/redhat:8/openssl', 'rpm/redhat:8/nodejs:16', 'apk/alpine:*/curl'.
    """
    kind, _, rest = package.partition("/")
    place, _, name = rest.partition("/")
    if kind not in DISTRO_TYPES or not given_as.startswith("pkg:"):
        return ""
    try:
        read = purl.parse(given_as)
    except InvalidValue:  # cut where it was stored
        return ""
    said = []
    module, _, inside = name.partition("/")
    if ":" in module:
        said.append(f"it came with module {module}")
        if not inside and labelled(read) is None:
            platform = tag_of(read.version).partition("+")[0]
            said.append(f"its build is not told, so the earliest of {platform} is assumed")
        name = inside or read.name
    if name != read.name and name.casefold() != read.name.casefold():
        ours = not read.qualifier("upstream") and name == known_source(place, read.name)
        said.append(f"it is built from {name}, {'by our table of sources' if ours else 'as the SBOM says'}")
    if read.namespace == "centos" and place.startswith("redhat:"):
        said.append("CentOS is rebuilt from Red Hat's sources, and Red Hat's data speak for it")
    if place.endswith(f":{ANY_RELEASE}"):
        said.append("its release is not told, and this holds for every release the distribution's data speak of")
    return "; ".join(said)
