"""From releases back to keys: Spec/release.md, Recovery."""

from itertools import islice

from . import sharing
from .deposit import cut, locator, positions_rise
from .failure import Failure, require
from .primitives import x25519_public


class Report:
    """What came out: `keys` are (locator, key), `missing` counts records, `faults` are (culprit, class)."""

    def __init__(self):
        self.keys, self.faults, self.missing = [], set(), 0

    def name(self, culprit, kind):
        self.faults.add((culprit, kind))


def recover(warrant, roster, releases, recipient_key, source):
    """`source(digest)` gives (deposit, session), and is not believed. Releases are verified ones."""
    require(x25519_public(recipient_key) == warrant.recipient["key"], "recipient-key")
    holders = {release.holder for release in releases}
    require(len(holders) == len(releases), "other-warrant", "two releases of one holder")
    require(roster.policy.holds(holders), "quorum")
    report, deposits = Report(), {}
    for release in releases:
        if not release.can_be_set_up(recipient_key):
            report.name(release.holder, "does-not-open")
            continue
        try:
            for kind in release.passed_over():
                report.name("depositor", kind)
        except Failure as failure:
            report.name(release.holder, failure.kind)
        for chunk in release.read_chunks():
            deposits.setdefault(chunk.entry.subject, {})[release.holder] = (release, chunk)
    for digest, offers in deposits.items():
        _recover_deposit(digest, offers, warrant, roster, recipient_key, source, report)
    return report


def _recover_deposit(digest, offers, warrant, roster, recipient_key, source, report):
    """`offers` are, by holder, the releases that name the deposit, and their chunks."""
    count = max(chunk.entry.records for _, chunk in offers.values())
    deposit, made_under = _subject(digest, warrant, roster, source)
    if deposit is None:
        report.name("store", "store-columns")
        report.missing += count
        return
    if not made_under.policy.holds(offers.keys()):
        report.missing += count
        return

    agreeing = _agreeing(digest, deposit, made_under, warrant, offers, report)
    if len(agreeing) == len(offers) and len({chunk.record_list for _, chunk in agreeing.values()}) == 1:
        # Nothing is wrong so far: a minimal set will do, if nothing is wrong in it.
        needed = {holder: agreeing[holder] for holder in made_under.policy.weights(agreeing.keys())}
        attempt = Report()
        _recover_from(needed, count, deposit, made_under, recipient_key, attempt)
        if not attempt.faults and not attempt.missing:
            report.keys += attempt.keys
            return
    _recover_from(agreeing, count, deposit, made_under, recipient_key, report)


def _recover_from(offers, count, deposit, made_under, recipient_key, report):
    """Opens all offers and recovers what they give; `count` is how many records were to come out."""
    header, policy, committed = deposit.header, made_under.policy, cut(deposit.commitments, 32)
    listed = {}
    for holder, (release, chunk) in offers.items():
        shares = release.open(chunk, recipient_key)
        if shares is None:
            report.name(holder, "does-not-open")
        else:
            for record, share in zip(chunk.records, cut(shares, 32)):
                listed.setdefault(record, {})[holder] = share
    report.missing += max(0, count - len(listed))

    # Records that the same holders list are recovered together, one after the other only where that fails.
    groups = {}
    for record in sorted(listed):
        groups.setdefault(frozenset(listed[record]), []).append(record)
    for holders, records in groups.items():
        if not policy.holds(holders):
            report.missing += len(records)
            continue
        columns = {holder: b"".join(listed[record][holder] for record in records) for holder in holders}
        keys = cut(sharing.reconstruct(policy, columns), 32)
        commitments = header.commitments((position, key) for (position, _, _), key in zip(records, keys))
        for record, key, commitment in zip(records, keys, commitments):
            position, conversation, epoch = record
            if commitment != committed[position]:
                key = _recover_record(deposit, made_under, position, listed[record], report)
            if key is None:
                report.missing += 1
            else:
                report.keys.append((locator(conversation, epoch), key))


def _subject(digest, warrant, roster, source):
    """The deposit as the source gives it and the roster it was made under, if it can be that deposit."""
    deposit, session = source(digest) or (None, None)
    if deposit is None or session is None or session.digest != deposit.header.session:
        return None, None
    made_under = roster.generation_with_id(session.roster)
    if made_under is None or deposit.header.rows != len(made_under.ids) or deposit.header.test != warrant.test:
        return None, None
    return deposit, made_under


def _agreeing(digest, deposit, made_under, warrant, offers, report):
    """The offers that are right as far as can be seen before they are opened; names the others."""
    header, tags = deposit.header, cut(deposit.tags, 16)
    agreeing, dissenting = {}, {}
    for holder, (release, chunk) in offers.items():
        if not chunk.is_signed or chunk.deposit != digest:
            report.name(holder, "chunk")
        elif chunk.public_digest != deposit.public_digest:
            dissenting.setdefault(chunk.public_digest, set()).add(holder)
        elif release.deposit_roster_id(chunk) != made_under.digest or holder not in made_under.ids:
            report.name(holder, "other-warrant")
        elif not positions_rise(chunk.records, header.count):
            report.name(holder, "chunk")
        elif any(
            tags[position] != tag
            for (position, _, _), tag in zip(
                chunk.records, header.tags((p, locator(c, e)) for p, c, e in chunk.records)
            )
        ):
            report.name(holder, "tag")
        elif not all(warrant.is_in_scope(c, e, header.time) for _, c, e in chunk.records):
            report.name(holder, "other-warrant")
        else:
            agreeing[holder] = (release, chunk)
    if made_under.policy.holds(agreeing.keys()):
        for holder in set().union(*dissenting.values()):
            report.name(holder, "public-digest")
    elif any(made_under.policy.holds(holders) for holders in dissenting.values()):
        report.name("store", "store-columns")
    elif dissenting:
        report.name("nobody", "store-columns")
    return agreeing


def _recover_record(deposit, made_under, position, shares, report):
    """The key of a record whose first reconstruction was wrong, or None; names whose share is wrong."""
    header, policy, good = deposit.header, made_under.policy, {}
    for holder, share in shares.items():
        row = made_under.row(holder)
        if header.share_digests(row, [(position, share)])[0] == cut(deposit.share_digests[row - 1], 16)[position]:
            good[holder] = share
        else:
            report.name(holder, "share-digest")
    for chosen in islice((some for some in policy.minimal_sets() if some <= good.keys()), 100):
        key = sharing.reconstruct(policy, {holder: good[holder] for holder in chosen})
        if header.commitment(position, key) == cut(deposit.commitments, 32)[position]:
            return key
    if policy.holds(good.keys()):
        report.name("nobody", "commitment")
    return None
