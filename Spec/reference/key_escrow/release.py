"""Answers to warrants, and extracts of a store: Spec/release.md, Release, Refusal and Extract."""

from . import documents as d
from .deposit import Header, cut, deposit_digest, locator, open_column, positions_rise, public_digest
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


class View:
    """What a holder has of one deposit: from a store, or from an extract."""

    def __init__(
        self,
        header,
        row,
        tags,
        share_digests,
        sealed,
        commitments_digest,
        share_column_digests,
        sealed_digests,
        records,
    ):
        self.header, self.row, self.tags, self.share_digests, self.sealed = header, row, tags, share_digests, sealed
        self.commitments_digest, self.records = commitments_digest, records
        self.share_column_digests, self.sealed_digests = share_column_digests, sealed_digests

    @classmethod
    def of(cls, deposit, row, records):
        return cls(
            deposit.header,
            row,
            deposit.tags,
            deposit.share_digests[row - 1],
            deposit.sealed[row - 1],
            sha256(deposit.commitments),
            deposit.share_column_digests,
            deposit.sealed_digests,
            records,
        )

    def verify(self, warrant, session, chain):
        """Every check of Release: publicDigest, depositDigest and all shares of the row, when they pass."""
        header = self.header
        require(header.test == warrant.test, "test-flag")
        require(self.records and positions_rise(self.records, header.count), "malformed", "the record list")
        require(all(warrant.is_in_scope(c, e, header.time) for _, c, e in self.records), "out-of-scope")
        header.require_fits(session)
        tags = cut(self.tags, 16)
        # Of its own columns a holder takes no digest from anybody.
        shares_digests, sealed_digests = list(self.share_column_digests), list(self.sealed_digests)
        shares_digests[self.row - 1], sealed_digests[self.row - 1] = sha256(self.share_digests), sha256(self.sealed)
        public = public_digest(header, sha256(self.tags), self.commitments_digest, shares_digests)
        positions = [position for position, _, _ in self.records]
        shares = open_column(header, self.row, self.share_digests, self.sealed, public, chain, positions)
        expected = header.tags((p, locator(c, e)) for p, c, e in self.records)
        require(all(tags[p] == tag for p, tag in zip(positions, expected)), "tag")
        return public, deposit_digest(public, sealed_digests), shares


def make_release(warrant, roster, holder, seed, sealing_keys, views, now, ephemerals):
    """A holder's answer to a warrant that it verified for release.

    `views` are (session, view), those of one session together and in rising sequence. `sealing_keys` gives the private
    key of a sealing key; `ephemerals` are one-time private keys, one for each roster of the deposits."""
    contexts, encapsulations, chains, pairs, table, chunks = {}, [], {}, set(), [], []
    for session, view in views:
        made_under = session.made_under
        if session.digest not in chains:
            chains[session.digest] = HolderChain.open(
                session, holder, sealing_keys[made_under.records[holder]["sealingKey"]]
            )
        public, digest, shares = view.verify(warrant, session, chains[session.digest])
        pairs |= {(conversation, epoch) for _, conversation, epoch in view.records}
        if made_under.digest not in contexts:
            hpke = HPKE.sender(
                ephemerals[len(contexts)],
                warrant.recipient["key"],
                info(made_under.digest, roster.digest, warrant.digest, holder),
            )
            contexts[made_under.digest] = [len(contexts), hpke, 0]
            encapsulations.append({"encapsulation": hpke.encapsulation.hex(), "roster": made_under.digest.hex()})
        index, hpke, sequence = contexts[made_under.digest]
        contexts[made_under.digest][2] += 1
        front = digest + public + record_list(view.records)
        body = hpke.seal(sequence, sha256(front), b"".join(shares[position] for position, _, _ in view.records))
        chunks.append(front + body)
        table.append(d.Entry.make(digest, len(view.records), front + body, sha256(sha256(front), body), index))
    require(chunks, "nothing-in-scope")
    require(len(pairs) <= warrant.maximumKeys, "over-maximum")
    body = {
        "answered": d.time_text(now),
        "checked": REQUIREMENTS,
        "chunks": len(chunks),
        "encapsulations": encapsulations,
        "holder": holder,
        "keys": len(pairs),
        "recipientKey": warrant.recipient["key"].hex(),
        "records": sum(len(view.records) for _, view in views),
        "roster": roster.digest.hex(),
        "table": sha256(*table).hex(),
        "test": warrant.test,
        "type": "key-escrow/v1 release",
        "warrant": warrant.digest.hex(),
    }
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
        "recipientKey": d.x25519_key,
        "records": d.integer(),
        "roster": d.digest,
        "table": d.digest,
        "test": d.flag,
        "warrant": d.digest,
    }
    contexts = None

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
        self.entries, self.chunks_data = d.read_table(self, self.rest)
        subjects = {entry.subject for entry in self.entries}
        require(len(subjects) == len(self.entries), "malformed", "a deposit has two chunks")
        for entry in self.entries:
            require(
                1 <= entry.records <= 4096
                and entry.size == 80 + 76 * entry.records
                and entry.encapsulation < len(self.encapsulations),
                "malformed",
                "a table entry",
            )
        return self

    def read_chunks(self):
        """The chunks, each with its HPKE sequence number. Whether they have their digests is for the caller to see."""
        counts = [0] * len(self.encapsulations)
        for entry, data in zip(self.entries, self.chunks_data):
            yield Chunk(entry, data, counts[entry.encapsulation])
            counts[entry.encapsulation] += 1

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
    require(len(data) >= 106, "malformed", "a chunk that is cut off")
    header, at = Header(data[:104]), 104
    n, m = header.count, header.rows
    require(len(data) == 138 + 64 * m + 64 * n + 16 + 44 * records, "malformed", "the length of a chunk")

    def part(size):
        nonlocal at
        at += size
        return data[at - size : at]

    row = int.from_bytes(part(2), "big")
    require(1 <= row <= m, "malformed", "the row")
    commitments_digest, share_column_digests = part(32), cut(part(32 * m), 32)
    sealed_digests, tags, share_digests, sealed = cut(part(32 * m), 32), part(16 * n), part(16 * n), part(32 * n + 16)
    return View(
        header,
        row,
        tags,
        share_digests,
        sealed,
        commitments_digest,
        share_column_digests,
        sealed_digests,
        parse_record_list(part(44 * records)),
    )
