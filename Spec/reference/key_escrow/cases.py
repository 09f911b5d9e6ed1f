"""The operations of Spec/vectors/README.md, each by this implementation."""

import functools

from . import deposit as dep
from . import documents as d
from . import entries, log, recovery, release, sharing
from .failure import Failure, require
from .primitives import ed25519_public, sha256, x25519_public
from .roster import Roster, parse_holder
from .session import DepositorSession, HolderChain, Session
from .warrant import REQUIREMENTS, Warrant


def answer(operation, given):
    """`{"result": …}` or `{"failure": class}`, with the position in a policy."""
    try:
        return {"result": OPERATIONS[operation](Input(given))}
    except Failure as failure:
        result = {"failure": failure.kind}
        if getattr(failure, "position", None) is not None:
            result["position"] = failure.position
        return result


class Input:
    """What a case gives an operation, by name."""

    def __init__(self, given):
        self.given = given

    def __contains__(self, name):
        return name in self.given

    def __getitem__(self, name):
        return self.given[name]

    def hex(self, name):
        return bytes.fromhex(self.given[name])

    def hexes(self, name):
        return list(map(bytes.fromhex, self.given[name]))

    def text(self, name):
        return _bytes(self.given[name])

    def texts(self, name):
        return list(map(_bytes, self.given[name]))

    def roster(self):
        return _roster(tuple(self.texts("rosters")))

    def session(self, roster):
        return Session(self.text("session")).verify(roster)

    def deposit(self):
        return dep.Deposit(self.hex("deposit"))

    def deposits(self):
        """Each deposit with its locators, None if they are not given, and the digest it is filed under."""
        for item in map(Input, self.given["deposits"]):
            deposit = item.deposit()
            yield (
                deposit,
                item.hex("locators") if "locators" in item else None,
                item.hex("filedUnder") if "filedUnder" in item else deposit.digest,
            )

    def sessions(self):
        sessions = map(Session, self.texts("sessions"))
        return {session.digest: session for session in sessions}

    def warrant(self, roster):
        """Verified for release where there is a clock, else for recovery; with its place in the log, if it is proved."""
        warrant = Warrant(self.text("warrant"))
        warrant = warrant.verify(roster, self["now"]) if "now" in self else warrant.verify_for_recovery(roster)
        if "proof" in self:
            proof = self.warrant_proof()
            proof.verify(warrant, roster)
            warrant.log_index = proof.index
        return warrant

    def warrant_proof(self):
        return entries.WarrantProof(self.text("proof"))


@functools.lru_cache(maxsize=16)
def _roster(notes):
    """The last of the rosters, each verified as the successor of the one before it."""
    return Roster(notes[-1]).verify(_roster(notes[:-1]) if len(notes) > 1 else None)


def _bytes(value):
    return value.encode() if isinstance(value, str) else bytes.fromhex(value["hex"])


# Sharing


def policy(given):
    policy = sharing.Policy(given["policy"])
    return {"canonical": policy.text, "holders": policy.holders, "matrix": [bytes(row).hex() for row in policy.matrix]}


def deal(given):
    shares = sharing.deal(sharing.Policy(given["policy"]), given.hex("secret"), given.hexes("coefficients"))
    return {"shares": [share.hex() for share in shares]}


def reconstruct(given):
    policy, shares = sharing.Policy(given["policy"]), {}
    for holder, share in given["shares"].items():
        require(holder in policy.holders, "shares", "an unknown holder")
        shares[holder] = bytes.fromhex(share)
    require(len(set(map(len, shares.values()))) <= 1, "shares", "lengths")
    return {"secret": sharing.reconstruct(policy, shares).hex()}


def raw_shares(given):
    return {"secret": sharing.combine_raw_shares(given.hexes("shares")).hex()}


# Documents


def note(given):
    note, keys = d.Note(given.text("note")), [d.Key.parse(key) for key in given["keys"]]
    signers = note.signers(keys)
    require(signers, "unsigned")
    return {"signers": sorted(map(str, signers))}


def holder_record(given):
    return {"holder": parse_holder(given.text("text"))["id"]}


def roster(given):
    roster = given.roster()
    return {"id": roster.digest.hex(), "genesis": roster.genesis_id.hex(), "holders": roster.ids}


def session(given):
    session = given.session(given.roster())
    return {"id": session.digest.hex(), "roster": session.roster.hex()}


def open_session(given):
    session = given.session(given.roster())
    return {"row": HolderChain.open(session, given["holder"], given.hex("sealing")).row}


def state(given):
    depositor = d.Key("depositor", ed25519_public(given.hex("depositor")))
    head = dep.Head(given.text("head")) if "head" in given else None
    session = DepositorSession.restore(
        given.hex("state"), given.hex("stateKey"), given.roster(), depositor, given["now"], head
    )
    return {"session": session.session.digest.hex(), "sequence": session.sequence}


# Deposits


def deposit(given):
    deposit = given.deposit()
    return {"digest": deposit.digest.hex(), "publicDigest": deposit.public_digest.hex()}


def head(given):
    head = dep.Head(given.text("head")).verify(given.session(given.roster()))
    return {"sequence": head.sequence, "deposit": head.deposit.hex()}


def submission(given):
    roster, session = given.roster(), Session(given.text("session"))
    deposits = [(deposit, locators) for deposit, locators, _ in given.deposits()]
    head = dep.Head(given.text("head"))
    session.verify(roster)
    newest = dep.Head(given.text("newest")).verify(session) if "newest" in given else None
    dep.verify_submission(session, deposits, head, newest and (newest.sequence, newest.deposit))
    return {"deposit": head.deposit.hex()}


def intake(given):
    roster, holder = given.roster(), Input(given["holder"][0])
    session = given.session(roster)
    chain = HolderChain.open(session, holder["id"], holder.hex("sealing"))
    deposits = list(given.deposits())
    for deposit, _, filed_under in deposits:
        dep.check_intake(deposit, filed_under, chain)
    return {
        "records": sum(deposit.header.count for deposit, _, _ in deposits),
        "digest": sha256(*[deposit.digest for deposit, _, _ in deposits]).hex(),
    }


def member(given):
    roster, sessions, locator = given.roster(), given.sessions(), given.hex("locator")
    found = Failure("not-deposited")
    for deposit, locators, filed_under in given.deposits():
        for position in (p for p, one in enumerate(dep.cut(locators, 40)) if one == locator):
            try:
                require(deposit.header.session in sessions, "session-roster")
                session = sessions[deposit.header.session].verify(roster)
                dep.check_member(session, deposit, position, locator, given.hex("key"))
                require(deposit.digest == filed_under, "digest")
                return {}
            except Failure as failure:
                found = failure
    raise found


def receipt(given):
    receipt = dep.Receipt(given.text("receipt")).verify()
    return {"deposit": receipt.deposit.hex(), "store": str(receipt.store)}


def intake_receipt(given):
    receipt = dep.IntakeReceipt(given.text("receipt")).verify(given.roster())
    return {"holder": receipt.holder, "digest": receipt.digest.hex()}


def _evidence(given):
    """What a certificate begins with; `deposits` are the one in question and those behind it."""
    deposits = [deposit for deposit, _, _ in given.deposits()]
    return dep.Evidence(given.roster(), Session(given.text("session")), deposits, dep.Head(given.text("head")))


def member_certificate(given):
    found = dep.member_convicts(_evidence(given), given["position"], given.hex("locator"), given.hex("key"))
    return {"convicted": "depositor", "of": found}


def holder_certificate(given):
    found = dep.holder_convicts(_evidence(given), given["holder"], given.hex("exporterSecret"))
    return {"convicted": "depositor", "of": found}


# Warrants and answers


def warrant(given):
    roster = given.roster()
    warrant = given.warrant(roster)
    if "holder" in given:
        warrant.require_answer_of(given["holder"], roster)
    result = {"digest": warrant.digest.hex(), "judges": sorted(warrant.judges)}
    return result | ({"checked": REQUIREMENTS} if "now" in given else {})


def verify_release(given):
    roster = given.roster()
    found = release.Release(given.hex("release")).verify(given.warrant(roster), roster)
    return {
        "holder": found.holder,
        "keys": found.keys,
        "records": found.records,
        "passedOver": found.passedOver,
    }


def refusal(given):
    found = release.Refusal(given.text("refusal")).verify(given.roster(), given.hex("warrant"))
    return {"holder": found.holder, "ground": found.ground}


def holder_views(given, warrant, roster, holder):
    """What a holder finds in the case's store: (session, view) for make_release."""
    sessions = {digest: session.verify(roster) for digest, session in given.sessions().items()}
    deposits = sorted(given.deposits(), key=lambda item: (item[0].header.session, item[0].header.sequence))
    for deposit, locators, filed_under in deposits:
        records = [
            (position, one[:32], int.from_bytes(one[32:], "big")) for position, one in enumerate(dep.cut(locators, 40))
        ]
        records = [(p, c, e) for p, c, e in records if warrant.is_in_scope(c, e, deposit.header.time)]
        made_under = sessions[deposit.header.session].made_under
        if records and holder in made_under.ids:
            view = release.View.of(deposit, made_under.row(holder), records, filed_under)
            yield sessions[deposit.header.session], view


def make_release(given, roster, warrant, holder, views, ephemerals, shown=()):
    warrant.require_answer_of(holder["id"], roster)
    sealing = holder.hex("sealing")
    private = (
        {x25519_public(key): key for key in [sealing, *holder.hexes("earlier")]}
        if "earlier" in holder
        else {x25519_public(sealing): sealing}
    )
    return release.make_release(
        warrant,
        roster,
        holder["id"],
        holder.hex("signing"),
        private,
        list(views),
        given["now"],
        ephemerals,
        shown,
    )


def extract(given):
    file, holder = release.Extract(given.hex("extract")).verify(), Input(given["holder"][0])
    roster = given.roster()
    warrant = given.warrant(roster)
    views = file.views(warrant, holder["id"], roster)
    ephemerals = [sha256(b"ephemeral", bytes([index])) for index in range(256)]
    made = release.Release(make_release(given, roster, warrant, holder, views, ephemerals))
    return {"keys": made.keys, "records": made.records, "chunks": made.chunks, "passedOver": made.passedOver}


def recover(given):
    roster = given.roster()
    warrant = given.warrant(roster)
    releases = [release.Release(data).verify(warrant, roster) for data in given.hexes("releases")]
    sessions = given.sessions()
    filed = {filed_under: deposit for deposit, _, filed_under in given.deposits()}

    def source(digest):
        deposit = filed.get(digest)
        return deposit and (deposit, sessions.get(deposit.header.session))

    report = recovery.recover(warrant, roster, releases, given.hex("recipientKey"), source)
    return {
        "records": sorted((locator + key).hex() for locator, key in report.keys),
        "missing": report.missing,
        "faults": sorted(f"{culprit}: {kind}" for culprit, kind in report.faults),
    }


def recipient_certificate(given):
    roster = given.roster()
    warrant = given.warrant(roster)
    found = release.Release(given.hex("release"))
    kind = dep.recipient_convicts(found, roster, warrant, given.hex("recipientKey"), given.deposit())
    return {"convicted": found.holder, "of": kind}


# The log


def checkpoint(given):
    found = log.Checkpoint(given.text("checkpoint")).verify(given["origin"], d.Key.parse(given["key"]))
    return {"size": str(found.size), "root": found.root.hex()}


def witness_policy(given):
    policy = log.WitnessPolicy(given.text("policy"))
    return {"logs": len(policy.logs), "witnesses": len(policy.witnesses)}


def proof(given):
    policy, found = log.WitnessPolicy(given.text("policy")), log.Proof(given.text("proof"))
    time = found.verify(given.hex("entry"), policy)
    result = {"index": str(found.index), "extra": found.extra.hex()}
    return result if time is None else result | {"witnessTime": str(time)}


def inclusion(given):
    log.verify_inclusion(
        given.hex("leaf"), int(given["index"]), int(given["size"]), given.hexes("proof"), given.hex("root")
    )
    return {}


def consistency(given):
    log.verify_consistency(
        int(given["older"]), given.hex("olderRoot"), int(given["newer"]), given.hex("newerRoot"), given.hexes("proof")
    )
    return {}


def entry(given):
    entry = entries.Entry(given.text("entry")).verify(given.roster())
    return {"kind": entry.kind}


def warrant_proof(given):
    roster, proof = given.roster(), given.warrant_proof()
    warrant = Warrant(given.text("warrant")).verify_for_recovery(roster)
    time = proof.verify(warrant, roster)
    return {"index": str(proof.index)} | ({} if time is None else {"witnessTime": str(time)})


def public_proof(given):
    roster = given.roster()
    require(roster.log is not None, "no-log")
    memory, found = entries.Memory(roster), None
    for state in map(Input, given["states"]):
        # What was seen of an earlier state is remembered, whatever came of it.
        try:
            found = _public_proof(state, given, roster, memory)
        except Failure as failure:
            found = failure
    if isinstance(found, Failure):
        raise found
    return found


def _public_proof(state, given, roster, memory):
    warrant = Warrant(state.text("warrant")).verify(roster, state["now"])
    warrant.require_answer_of(given["holder"], roster)
    proof = state.warrant_proof()
    shown, time = entries.public_proof(
        proof,
        warrant,
        roster,
        given["holder"],
        memory,
        set(state.hexes("answers")),
        state.text("checkpoint"),
        state.texts("entries"),
        state["now"],
    )
    result = {"checked": shown, "index": str(proof.index), "size": str(memory.size)}
    return result if time is None else result | {"witnessTime": str(time)}


OPERATIONS = {
    "policy": policy,
    "deal": deal,
    "reconstruct": reconstruct,
    "raw-shares": raw_shares,
    "note": note,
    "holder-record": holder_record,
    "roster": roster,
    "session": session,
    "open-session": open_session,
    "state": state,
    "deposit": deposit,
    "head": head,
    "submission": submission,
    "intake": intake,
    "member": member,
    "receipt": receipt,
    "intake-receipt": intake_receipt,
    "member-certificate": member_certificate,
    "holder-certificate": holder_certificate,
    "warrant": warrant,
    "release": verify_release,
    "refusal": refusal,
    "extract": extract,
    "recover": recover,
    "recipient-certificate": recipient_certificate,
    "entry": entry,
    "warrant-proof": warrant_proof,
    "public-proof": public_proof,
    "checkpoint": checkpoint,
    "witness-policy": witness_policy,
    "proof": proof,
    "inclusion": inclusion,
    "consistency": consistency,
}
