"""One motif over the photos of a listing: weak matches add up, copies of one photo do not.

    photos ─▶ groups that look alike ─▶ each one's best match of the motif ─▶ one chance, shares

Photos of a listing show the same goods, so that their chances depend on each other and must not be
multiplied. The harmonic mean holds under dependence (Wilson, PNAS 2019). A photo without a match of
the motif counts with a chance of 1, so that a single match pays for every photo looked at, as it
would by Bonferroni's rule; k photos that match equally well pay nothing:

>>> pooled_chance([1e-3, 1.0, 1.0, 1.0]), pooled_chance([1e-3] * 4)
(0.003988035892323031, 0.001)
"""

from collections.abc import Sequence

from app.domain.assessment import ImageFinding

ALIKE_BITS = 8  # of the 64 of a look: rescaled and saved again, a photo stays within


def pooled_chance(chances: Sequence[float]) -> float:
    """Return the harmonic mean of the chances of one motif in different photos."""
    return len(chances) / sum(1 / chance for chance in chances)


class ListingPhotos:
    """The photos of a listing that could be judged, those that look alike taken as one."""

    def __init__(self, findings: Sequence[ImageFinding]) -> None:
        """Group the photos; each joins the first group whose first photo looks like it."""
        self._groups: list[list[ImageFinding]] = []
        for finding in findings:
            for group in self._groups:
                if _alike(group[0], finding):
                    group.append(finding)
                    break
            else:
                self._groups.append([finding])
        self.judged = len(findings)
        self._chances: dict[int, float] = {}

    def chance(self, motif_id: int) -> float:
        """Return the chance of as much evidence for a motif in as many ordinary photos."""
        if motif_id not in self._chances:
            best = [_best(group, motif_id) for group in self._groups]
            self._chances[motif_id] = pooled_chance(best)
        return self._chances[motif_id]

    def shares(self, motif_id: int, images: Sequence[ImageFinding]) -> tuple[float, ...]:
        """Return how much of the evidence for a motif each image brings; they sum to 1.

        Photos that look alike share what the best of them brings; an image without a match of the
        motif brings nothing.
        """
        weights = dict.fromkeys(range(len(images)), 0.0)
        for group in self._groups:
            members = [
                place
                for place, image in enumerate(images)
                if any(image is one for one in group) and _best([image], motif_id) < 1
            ]
            for place in members:
                weights[place] = 1 / _best(group, motif_id) / len(members)
        total = sum(weights.values()) or 1.0
        return tuple(weight / total for weight in weights.values())


def _best(group: Sequence[ImageFinding], motif_id: int) -> float:
    tails = [match.tail for one in group for match in one.matches if match.motif_id == motif_id]
    return min(tails, default=1.0)


def _alike(one: ImageFinding, other: ImageFinding) -> bool:
    if one.sha256 is not None and one.sha256 == other.sha256:
        return True
    if one.look is None or other.look is None:
        return False
    return (one.look ^ other.look).bit_count() <= ALIKE_BITS
