"""Deposits, submissions, and what stores, members, holders and judges of certificates check: Spec/deposit.md."""

from . import documents as d
from . import sharing
from .failure import Failure, require
from .primitives import be8, be16, be32, be64, gcm_open, gcm_seal, sha256, x25519_public
from .session import LAST_SEQUENCE, HolderChain, column_key


def locator(conversation, epoch):
    return conversation + be64(epoch)


class Header:
    """The 104 bytes that a deposit begins with."""

    def __init__(self, data):
        require(len(data) == 104 and data[:8] == b"escrow-d", "malformed", "not a deposit")
        version, self.suite, flags, self.rows = (int.from_bytes(data[at : at + 2], "big") for at in range(8, 16, 2))
        self.count, self.generation = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
        self.sequence, self.time = (int.from_bytes(data[at : at + 8], "big") for at in (24, 32))
        self.session, self.previous, self.bytes = data[40:72], data[72:], data
        self.test = flags == 1
        require(
            version == 1 and self.suite == 1 and flags <= 1 and self.generation == 0, "malformed", "a version or flag"
        )
        require(1 <= self.rows <= 255 and 1 <= self.count <= 4096, "malformed", "rows or keys")
        require(self.sequence <= LAST_SEQUENCE and self.time <= 253_402_300_799, "malformed", "number or time")

    def require_fits(self, session):
        require(self.session == session.digest, "malformed", "another session")
        require(self.rows == len(session.holders), "malformed", "the number of rows")
        require(self.test == session.test, "malformed", "the test flag")
        require(session.created <= self.time <= session.notAfter, "malformed", "the time")

    def salt(self, label):
        return sha256(
            b"key-escrow/v1 ", be8(len(label)), label.encode(), self.session, be64(self.sequence), be32(self.generation)
        )[:16]

    # The position hashes of one record.

    def tag(self, position, locator):
        return sha256(self.salt("record")[:11], be32(position), locator)[:16]

    def tags(self, locators):
        salt = self.salt("record")[:11]
        return [sha256(salt, be32(position), locator)[:16] for position, locator in locators]

    def commitment(self, position, key):
        return sha256(self.salt("commitment"), be32(position), key)

    def commitments(self, keys):
        salt = self.salt("commitment")
        return [sha256(salt, be32(position), key) for position, key in keys]

    def coefficients(self, columns, keys):
        """One list per coefficient of the matrix."""
        salt = self.salt("coefficient")
        return [[sha256(salt, be32(position), be16(c), key) for position, key in keys] for c in range(1, columns)]

    def share_digests(self, row, shares):
        salt, row = self.salt("share"), be16(row)
        return [sha256(salt, be32(position), row, share)[:16] for position, share in shares]


def positions_rise(records, count):
    """Whether the positions of records (position, conversation, epoch) rise strictly and are below `count`."""
    positions = [position for position, _, _ in records]
    return all(a < b for a, b in zip(positions, positions[1:])) and positions[-1] < count


def cut(column, size):
    return [column[at : at + size] for at in range(0, len(column), size)]


def public_digest(header, tags, commitments, share_digests):
    """From the header and the digests of the public columns."""
    return sha256(header.bytes, tags, commitments, *share_digests)


def deposit_digest(public_digest, sealed):
    return sha256(b"key-escrow/v1 deposit", public_digest, *sealed)


class Deposit:
    """A whole deposit, read from its bytes."""

    def __init__(self, data):
        require(len(data) >= 104, "malformed", "not a deposit")
        self.bytes, self.header = data, Header(data[:104])
        n, m, at = self.header.count, self.header.rows, 104
        require(len(data) == 104 + n * (48 + 48 * m) + 16 * m, "malformed", "the length of a deposit")

        def column(size):
            nonlocal at
            at += size
            return data[at - size : at]

        self.tags, self.commitments = column(16 * n), column(32 * n)
        self.share_digests = [column(16 * n) for _ in range(m)]
        self.sealed = [column(32 * n + 16) for _ in range(m)]
        self.share_column_digests = list(map(sha256, self.share_digests))
        self.sealed_digests = list(map(sha256, self.sealed))
        self.public_digest = public_digest(
            self.header, sha256(self.tags), sha256(self.commitments), self.share_column_digests
        )
        self.digest = deposit_digest(self.public_digest, self.sealed_digests)


def computed_shares(header, policy, keys):
    """The share columns of keys by position: what a depositor seals, and what a member compares."""
    coefficients = header.coefficients(len(policy.matrix[0]), keys)
    return sharing.deal(policy, b"".join(key for _, key in keys), [b"".join(column) for column in coefficients])


def make_deposit(depositor, records, time):
    """The next deposit of a session, of records (conversation, epoch, key)."""
    session = depositor.session
    header = Header(
        b"escrow-d"
        + be16(1)
        + be16(1)
        + be16(session.test)
        + be16(len(session.holders))
        + be32(len(records))
        + be32(0)
        + be64(depositor.sequence)
        + be64(time)
        + session.digest
        + depositor.previous
    )
    keys = [(position, key) for position, (_, _, key) in enumerate(records)]
    shares = computed_shares(header, session.made_under.policy, keys)
    columns = [
        b"".join(header.tags((p, locator(c, e)) for p, (c, e, _) in enumerate(records))),
        b"".join(header.commitments(keys)),
    ]
    columns += [b"".join(header.share_digests(row, enumerate(cut(column, 32)))) for row, column in enumerate(shares, 1)]
    digests = list(map(sha256, columns))
    public = public_digest(header, digests[0], digests[1], digests[2:])
    sealed = [
        gcm_seal(column_key(chain, row, public), bytes(12), public + be16(row), column)
        for row, (chain, column) in enumerate(zip(depositor.chain_keys, shares), 1)
    ]
    deposit = Deposit(header.bytes + b"".join(columns) + b"".join(sealed))
    depositor.step(deposit.digest)
    return deposit


# Heads, submissions, receipts


class Head(d.Document):
    TYPE = "head"
    MEMBERS = {"deposit": d.digest, "sequence": d.integer(0, LAST_SEQUENCE), "session": d.digest}

    def verify(self, session):
        require(self.session == session.digest, "malformed", "another session")
        self.note.require_signer(session.depositor)
        return self


def make_head(session, deposit, seed):
    body = {
        "deposit": deposit.digest.hex(),
        "sequence": deposit.header.sequence,
        "session": session.digest.hex(),
        "type": "key-escrow/v1 head",
    }
    return d.sign(body, ("depositor", seed))


def verify_submission(session, deposits, head, newest=None):
    """What a store verifies. `deposits` are (deposit, locators), `newest` the newest (sequence, digest) it holds."""
    require(1 <= len(deposits) <= 1024, "malformed", "the number of deposits")
    head.verify(session)
    sequence, previous = newest or (-1, session.digest)
    for deposit, locators in deposits:
        header = deposit.header
        header.require_fits(session)
        require(header.sequence > sequence and header.previous == previous, "chain")
        require(len(locators) == 40 * header.count, "malformed", "the number of locators")
        require(b"".join(header.tags(enumerate(cut(locators, 40)))) == deposit.tags, "tag")
        sequence, previous = header.sequence, deposit.digest
    require((head.sequence, head.deposit) == (sequence, previous), "digest", "the head names another deposit")


class Receipt(d.Document):
    TYPE = "receipt"
    MEMBERS = Head.MEMBERS | {"received": d.time, "store": d.key_named("store")}

    def verify(self):
        self.note.require_signer(self.store)
        return self


class IntakeReceipt(d.Document):
    TYPE = "intake"
    MEMBERS = {
        "checked": d.time,
        "deposits": d.integer(),
        "digest": d.digest,
        "holder": d.holder,
        "records": d.integer(),
        "roster": d.digest,
    }

    def verify(self, roster):
        signed_under = roster.generation_with_id(self.roster)
        require(signed_under is not None and self.holder in signed_under.ids, "unknown-holder")
        self.note.require_signer(signed_under.key(self.holder))
        return self


# Checks by those who hold something


def open_column(header, row, sealed, public, chain):
    """A row's shares, by position, not yet compared with their digests."""
    column = gcm_open(chain.column_key(header.sequence, public), bytes(12), public + be16(row), sealed)
    require(column is not None, "sealed-column", f"of row {row}")
    return cut(column, 32)


def wrong_shares(header, row, shares, share_digests, positions):
    """Those of the positions whose share has not its digest."""
    committed = cut(share_digests, 16)
    found = header.share_digests(row, ((position, shares[position]) for position in positions))
    return {position for position, digest in zip(positions, found) if digest != committed[position]}


def check_intake(deposit, filed_under, chain):
    """A holder's check of its own column."""
    header, row = deposit.header, chain.row
    require(deposit.digest == filed_under, "digest")
    header.require_fits(chain.session)
    shares = open_column(header, row, deposit.sealed[row - 1], deposit.public_digest, chain)
    wrong = wrong_shares(header, row, shares, deposit.share_digests[row - 1], range(header.count))
    require(not wrong, "share-digest", f"of row {row}")


def check_member(session, deposit, position, locator, key):
    """Whether a record is that of a member's key: raises what is wrong first, of tag, commitment, share digests."""
    header = deposit.header
    header.require_fits(session)
    require(position < header.count, "malformed", "a position behind the last")
    require(header.tag(position, locator) == cut(deposit.tags, 16)[position], "tag")
    require(header.commitment(position, key) == cut(deposit.commitments, 32)[position], "commitment")
    shares = computed_shares(header, session.made_under.policy, [(position, key)])
    for row, share in enumerate(shares, 1):
        require(
            header.share_digests(row, [(position, share)])[0] == cut(deposit.share_digests[row - 1], 16)[position],
            "share-digest",
            f"of row {row}",
        )


# Certificates


def _unless(*kinds):
    """Runs a check of a certificate: what fails with one of the kinds is what it convicts of, else it is unfounded."""

    def wrap(check):
        def run(*arguments):
            try:
                check(*arguments)
            except Failure as failure:
                if failure.kind in kinds:
                    return failure.kind
                raise failure if failure.kind == "malformed" else Failure("unfounded", str(failure)) from None
            raise Failure("unfounded", "nothing is wrong")

        return run

    return wrap


class Evidence:
    """The session's note, the deposit, later deposits up to a head, here whole ones, and that head's note."""

    def __init__(self, roster, session, deposits, head):
        self.roster, self.session, self.deposits, self.head = roster, session, deposits, head

    def verify(self):
        """The session and the deposit, if they lead to a head that the depositor signed."""
        session = self.session.verify(self.roster)
        last = self.deposits[0]
        last.header.require_fits(session)
        for link in self.deposits[1:]:
            require(
                link.header.session == session.digest and link.header.previous == last.digest, "unfounded", "a link"
            )
            last = link
        self.head.verify(session)
        require((self.head.deposit, self.head.sequence) == (last.digest, last.header.sequence), "unfounded", "the head")
        return session, self.deposits[0]


@_unless("share-digest")
def member_convicts(evidence, position, locator, key):
    """A member's key shows that a share digest is not that of its share."""
    check_member(*evidence.verify(), position, locator, key)


@_unless("sealed-column", "share-digest")
def holder_convicts(evidence, holder, exporter_secret):
    """A holder's exporter secret shows that its column is wrong."""
    session, deposit = evidence.verify()
    check_intake(deposit, deposit.digest, HolderChain.of_exporter_secret(session, holder, exporter_secret))


@_unless("does-not-open", "share-digest", "chunk")
def recipient_convicts(release, roster, warrant, recipient_key, deposit):
    """The one-time key shows that a chunk does not open, or that a share in it is wrong."""
    require(x25519_public(recipient_key) == warrant.recipient["key"], "unfounded", "the private key")
    try:
        release.verify(warrant, roster)
    except Failure as failure:
        raise failure if failure.kind == "malformed" else Failure("unfounded", str(failure)) from None
    for chunk in release.read_chunks():
        require(
            chunk.is_signed and chunk.deposit == chunk.entry.subject, "malformed", "a chunk that is not its entry's"
        )
        if chunk.public_digest != deposit.public_digest:
            continue
        made_under = roster.generation_with_id(release.deposit_roster_id(chunk))
        require(made_under is not None and release.holder in made_under.ids, "chunk")
        require(positions_rise(chunk.records, deposit.header.count), "chunk")
        shares = release.open(chunk, recipient_key)
        require(shares is not None, "does-not-open")
        row = made_under.row(release.holder)
        digests = cut(deposit.share_digests[row - 1], 16)
        for (position, _, _), share in zip(chunk.records, cut(shares, 32)):
            require(deposit.header.share_digests(row, [(position, share)])[0] == digests[position], "share-digest")
