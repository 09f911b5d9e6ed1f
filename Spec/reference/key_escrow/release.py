"""Answers to warrants, and extracts of a store: Spec/release.md, Release, Refusal and Extract."""

from . import documents as d
from .deposit import (
    Header,
    cut,
    deposit_digest,
    locator,
    open_column,
    positions_rise,
    public_digest,
    wrong_shares,
)
from .failure import Failure, require
from .primitives import HPKE, be16, be32, be64, ed25519_public, sha256
from .session import HolderChain, Session
from .warrant import REQUIREMENTS

GROUNDS = ["out-of-scope", "not-in-force", "signature", "cap", "not-held", "privilege", "conflict-of-law", "other"]


def record_list(records):
    """Records (position, conversation, epoch) as a front or an extract lists them."""
    return b"".join(be32(position) + conversation + be64(epoch) for position, conversation, epoch in records)


def parse_record_list(data):
    return [(int.from_bytes(item[:4], "big"), item[4:36], int.from_bytes(item[36:], "big")) for item in cut(data, 44)]


def info(deposits_roster, roster, warrant, holder):
    return b"key-escrow/v1 release" + be16(1) + deposits_roster + roster + warrant + holder.encode()


# What is wrong with records that a release passes over, by number.
REASONS = {1: "confirmation", 2: "sealed-column", 3: "share-digest"}
NOT_SEALED = 2**32 - 1


class View:
    """What a holder has of one deposit: from a store, or from an extract. `digest` is what it is filed under."""

    def __init__(
        self,
        header,
        digest,
        row,
        tags,
        share_digests,
        sealed,
        commitments_digest,
        share_column_digests,
        sealed_digests,
        records,
    ):
        self.header, self.digest, self.row, self.tags = header, digest, row, tags
        self.share_digests, self.sealed, self.commitments_digest = share_digests, sealed, commitments_digest
        self.share_column_digests, self.sealed_digests, self.records = share_column_digests, sealed_digests, records

    @classmethod
    def of(cls, deposit, row, records, filed_under=None):
        return cls(
            deposit.header,
            filed_under or deposit.digest,
            row,
            deposit.tags,
            deposit.share_digests[row - 1],
            deposit.sealed[row - 1],
            sha256(deposit.commitments),
            deposit.share_column_digests,
            deposit.sealed_digests,
            records,
        )

    def examine(self, warrant):
        """The checks of Release that need no key, whose failure is the store's doing: gives publicDigest."""
        header = self.header
        require(all(warrant.is_in_scope(c, e, header.time) for _, c, e in self.records), "out-of-scope")
        require(self.records and positions_rise(self.records, header.count), "malformed", "the record list")
        # Of its own columns a holder takes no digest from anybody.
        shares_digests, sealed_digests = list(self.share_column_digests), list(self.sealed_digests)
        shares_digests[self.row - 1], sealed_digests[self.row - 1] = sha256(self.share_digests), sha256(self.sealed)
        public = public_digest(header, sha256(self.tags), self.commitments_digest, shares_digests)
        require(deposit_digest(public, sealed_digests) == self.digest, "digest")
        tags, expected = cut(self.tags, 16), header.tags((p, locator(c, e)) for p, c, e in self.records)
        require(all(tags[p] == tag for (p, _, _), tag in zip(self.records, expected)), "tag")
        return public

    def open(self, chain, public):
        """The row's shares, by position, and the positions of records whose share is not the one committed to."""
        self.header.require_fits(chain.session)
        shares = open_column(self.header, self.row, self.sealed, public, chain)
        positions = [position for position, _, _ in self.records]
        return shares, wrong_shares(self.header, self.row, shares, self.share_digests, positions)


def make_release(warrant, roster, holder, seed, sealing_keys, views, now, ephemerals, shown=()):
    """A holder's answer to a warrant that it verified for release.

    `views` are (session, view), those of one session together and in rising sequence. `sealing_keys` gives the private
    key of a sealing key; `ephemerals` are one-time private keys, one for each roster of the deposits; `shown` are the
    names of what the log showed."""
    contexts, encapsulations, pairs, table, chunks = {}, [], set(), [], []
    released, passed_over, obstacles, seen = 0, 0, [], set()

    def append(view, records, body, encapsulation):
        front = view.digest + public + record_list(records)
        body = body(front)
        chunks.append(front + body)
        digest = sha256(sha256(front), body)
        table.append(d.Entry.make(view.digest, len(records), front + body, digest, encapsulation))

    def pass_over(view, records, reason):
        nonlocal passed_over
        append(view, records, lambda front: be16(reason), NOT_SEALED)
        passed_over += len(records)
        obstacles.append(REASONS[reason])

    for session, view in views:
        if view.header.test != warrant.test:
            obstacles.append("test-flag")
            continue
        public = view.examine(warrant)
        require(view.digest not in seen, "store", "a deposit twice")
        seen.add(view.digest)
        try:
            sealing_key = sealing_keys[session.made_under.records[holder]["sealingKey"]]
            chain = HolderChain.open(session, holder, sealing_key)
            shares, wrong = view.open(chain, public)
        except Failure as failure:
            require(failure.kind in ("confirmation", "sealed-column"), failure.kind, failure.detail)
            pass_over(view, view.records, 1 if failure.kind == "confirmation" else 2)
            continue
        good = [record for record in view.records if record[0] not in wrong]
        if good:
            made_under = session.made_under.digest
            if made_under not in contexts:
                told = info(made_under, roster.digest, warrant.digest, holder)
                hpke = HPKE.sender(ephemerals[len(contexts)], warrant.recipient["key"], told)
                contexts[made_under] = [len(contexts), hpke, 0]
                encapsulations.append({"encapsulation": hpke.encapsulation.hex(), "roster": made_under.hex()})
            index, hpke, sequence = contexts[made_under]
            contexts[made_under][2] += 1
            plaintext = b"".join(shares[position] for position, _, _ in good)
            append(view, good, lambda front: hpke.seal(sequence, sha256(front), plaintext), index)
            pairs |= {(conversation, epoch) for _, conversation, epoch in good}
            released += len(good)
        if wrong:
            pass_over(view, [record for record in view.records if record[0] in wrong], 3)
    require(released, *(obstacles or ["nothing-in-scope"])[:1])
    require(len(pairs) <= warrant.maximumKeys, "over-maximum")
    body = {
        "answered": d.time_text(now),
        "checked": [*REQUIREMENTS, *shown],
        "chunks": len(chunks),
        "encapsulations": encapsulations,
        "holder": holder,
        "keys": len(pairs),
        "passedOver": passed_over,
        "recipientKey": warrant.recipient["key"].hex(),
        "records": released,
        "roster": roster.digest.hex(),
        "table": sha256(*table).hex(),
        "test": warrant.test,
        "type": "key-escrow/v1 release",
        "warrant": warrant.digest.hex(),
    }
    if warrant.log_index is not None:
        body["logIndex"] = warrant.log_index
    return d.sign(body, (holder, seed)) + d.SEPARATOR + b"".join(table + chunks)


class Chunk:
    """A release's chunk, compared with its digest in the table."""

    def __init__(self, entry, data, sequence):
        self.entry, self.sequence = entry, sequence
        front, self.body = data[: 64 + 44 * entry.records], data[64 + 44 * entry.records :]
        self.front_digest = sha256(front)
        self.is_signed = sha256(self.front_digest, self.body) == entry.digest
        self.deposit, self.public_digest, self.record_list = front[:32], front[32:64], front[64:]
        self.records = parse_record_list(self.record_list)


class Release(d.Document):
    TYPE = "release"
    MEMBERS = {
        "answered": d.time,
        "checked": d.array_of(d.string("[a-z0-9-]{1,64}"), 64),
        "chunks": d.integer(1, 2**20),
        "encapsulations": d.array_of(d.object_of(encapsulation=d.octets(32), roster=d.digest), 256),
        "holder": d.holder,
        "keys": d.integer(),
        "logIndex": d.Optional(d.integer(0, 2**63 - 2)),
        "passedOver": d.integer(),
        "recipientKey": d.x25519_key,
        "records": d.integer(1),
        "roster": d.digest,
        "table": d.digest,
        "test": d.flag,
        "warrant": d.digest,
    }
    contexts = logIndex = None

    def __init__(self, data):
        note, self.rest = d.split_bulk(data)
        super().__init__(note)

    def check(self):
        rosters = [item["roster"] for item in self.encapsulations]
        require(len(set(rosters)) == len(rosters), "malformed", "a roster twice")

    def verify(self, warrant, roster):
        """What recovery asks of a release before it opens anything."""
        require(self.holder in roster.ids, "unknown-holder")
        self.note.require_signer(roster.key(self.holder))
        require(
            (self.warrant, self.roster, self.recipientKey, self.test)
            == (warrant.digest, roster.digest, warrant.recipient["key"], warrant.test),
            "other-warrant",
        )
        require(roster.log is None or warrant.log_index is not None, "proof-missing")
        require(self.logIndex == warrant.log_index, "log-index")
        self.entries, self.chunks_data = d.read_table(self, self.rest)
        sums, subjects = [0, 0], set()
        for entry in self.entries:
            sealed = entry.encapsulation != NOT_SEALED
            size = 80 + 76 * entry.records if sealed else 66 + 44 * entry.records
            require(1 <= entry.records <= 4096 and entry.size == size, "malformed", "a table entry")
            require(not sealed or entry.encapsulation < len(self.encapsulations), "malformed", "an encapsulation")
            require((entry.subject, sealed) not in subjects, "malformed", "a deposit has two chunks")
            subjects.add((entry.subject, sealed))
            sums[sealed] += entry.records
        require(sums == [self.passedOver, self.records], "malformed", "the number of records")
        return self

    def _chunks(self):
        counts = dict.fromkeys(range(len(self.encapsulations)), 0) | {NOT_SEALED: 0}
        for entry, data in zip(self.entries, self.chunks_data):
            yield Chunk(entry, data, counts[entry.encapsulation])
            counts[entry.encapsulation] += 1

    def read_chunks(self):
        """The sealed chunks, each with its HPKE sequence number. Whether they have their digests is for the caller to
        see."""
        return (chunk for chunk in self._chunks() if chunk.entry.encapsulation != NOT_SEALED)

    def passed_over(self):
        """What was wrong with the deposits passed over, by class."""
        for chunk in self._chunks():
            if chunk.entry.encapsulation == NOT_SEALED:
                reason = int.from_bytes(chunk.body, "big")
                require(chunk.is_signed and chunk.deposit == chunk.entry.subject, "chunk")
                require(positions_rise(chunk.records, 4096) and reason in REASONS, "chunk")
                yield REASONS[reason]

    def deposit_roster_id(self, chunk):
        return self.encapsulations[chunk.entry.encapsulation]["roster"]

    def _context(self, index, recipient_key):
        item = self.encapsulations[index]
        return HPKE.recipient(
            recipient_key, item["encapsulation"], info(item["roster"], self.roster, self.warrant, self.holder)
        )

    def can_be_set_up(self, recipient_key):
        """Whether no encapsulation gives the shared secret zero."""
        try:
            self.contexts = [self._context(index, recipient_key) for index in range(len(self.encapsulations))]
            return True
        except Failure:
            return False

    def open(self, chunk, recipient_key):
        """The shares of a chunk, end to end; None when it does not open."""
        if self.contexts is None and not self.can_be_set_up(recipient_key):
            return None
        if not self.can_be_set_up(recipient_key):
            return None
        return self.contexts[chunk.entry.encapsulation].open(chunk.sequence, chunk.front_digest, chunk.body)


class Refusal(d.Document):
    TYPE = "refusal"
    MEMBERS = {
        "answered": d.time,
        "ground": d.one_of(*GROUNDS),
        "holder": d.holder,
        "reason": d.text(2048),
        "roster": d.digest,
        "warrant": d.digest,
    }

    def verify(self, roster, warrant_digest):
        require(self.holder in roster.ids, "unknown-holder")
        require((self.roster, self.warrant) == (roster.digest, warrant_digest), "other-warrant")
        self.note.require_signer(roster.key(self.holder))
        return self


def make_extract(warrant, holder, sessions_and_views, created, seed):
    """Part of a store for one holder. `sessions_and_views` is as for make_release."""
    store = d.Key("store", ed25519_public(seed))
    table, chunks, pairs, records, seen = [], [], set(), 0, set()
    for session, view in sessions_and_views:
        if session.digest not in seen:
            seen.add(session.digest)
            chunks.append(session.bytes)
            table.append(d.Entry.make(session.digest, 0, session.bytes, sha256(session.bytes)))
        chunk = b"".join(
            [
                view.header.bytes,
                view.digest,
                be16(view.row),
                view.commitments_digest,
                *view.share_column_digests,
                *view.sealed_digests,
                view.tags,
                view.share_digests,
                view.sealed,
                record_list(view.records),
            ]
        )
        chunks.append(chunk)
        table.append(d.Entry.make(session.digest, len(view.records), chunk, sha256(chunk)))
        pairs |= {(conversation, epoch) for _, conversation, epoch in view.records}
        records += len(view.records)
    body = {
        "chunks": len(chunks),
        "created": d.time_text(created),
        "holder": holder,
        "keys": len(pairs),
        "records": records,
        "store": str(store),
        "table": sha256(*table).hex(),
        "type": "key-escrow/v1 extract",
        "warrant": warrant.digest.hex(),
    }
    return d.sign(body, ("store", seed)) + d.SEPARATOR + b"".join(table + chunks)


class Extract(d.Document):
    TYPE = "extract"
    MEMBERS = {
        "chunks": d.integer(1, 2**20),
        "created": d.time,
        "holder": d.holder,
        "keys": d.integer(),
        "records": d.integer(),
        "store": d.key_named("store"),
        "table": d.digest,
        "warrant": d.digest,
    }

    def __init__(self, data):
        note, self.rest = d.split_bulk(data)
        super().__init__(note)

    def verify(self):
        self.note.require_signer(self.store)
        self.entries, self.chunks_data = d.read_table(self, self.rest)
        require(sum(entry.records for entry in self.entries) == self.records, "malformed", "the number of records")
        return self

    def views(self, warrant, holder, roster):
        """(session, view) of every deposit chunk, for make_release, which makes the checks of Release."""
        require((self.warrant, self.holder) == (warrant.digest, holder), "other-warrant")
        sessions, last = {}, None
        for entry, data in zip(self.entries, self.chunks_data):
            require(sha256(data) == entry.digest, "chunk")
            if entry.records == 0:
                session = Session(data)
                require(
                    session.digest == entry.subject and session.digest not in sessions, "malformed", "a session chunk"
                )
                sessions[session.digest] = session.verify(roster)
                continue
            view = parse_deposit_chunk(data, entry.records)
            header = view.header
            require(
                entry.subject == header.session and header.session in sessions,
                "malformed",
                "a chunk without its session",
            )
            session = sessions[header.session]
            require(view.row == session.made_under.row(holder), "malformed", "another row")
            require(
                last is None or last[0] != header.session or last[1] < header.sequence,
                "malformed",
                "the order of deposits",
            )
            last = (header.session, header.sequence)
            yield session, view


def parse_deposit_chunk(data, records):
    require(len(data) >= 104, "malformed", "a chunk that is cut off")
    header, at = Header(data[:104]), 104
    n, m = header.count, header.rows
    require(len(data) == 170 + 64 * m + 64 * n + 16 + 44 * records, "malformed", "the length of a chunk")

    def part(size):
        nonlocal at
        at += size
        return data[at - size : at]

    digest, row = part(32), int.from_bytes(part(2), "big")
    require(1 <= row <= m, "malformed", "the row")
    commitments_digest, share_column_digests = part(32), cut(part(32 * m), 32)
    sealed_digests, tags, share_digests, sealed = cut(part(32 * m), 32), part(16 * n), part(16 * n), part(32 * n + 16)
    return View(
        header,
        digest,
        row,
        tags,
        share_digests,
        sealed,
        commitments_digest,
        share_column_digests,
        sealed_digests,
        parse_record_list(part(44 * records)),
    )
