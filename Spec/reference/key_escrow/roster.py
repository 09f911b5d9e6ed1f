"""Holder records and rosters: Spec/documents.md."""

from . import documents as d
from .failure import Failure, require
from .log import WitnessPolicy
from .sharing import Policy, role

RECORD = {
    "id": d.holder,
    "sealingKey": d.x25519_key,
    "sealingKeyNotAfter": d.time,
    "suite": d.integer(1, 1),
    "vkey": d.Key.parse,
}


def _record(value):
    record = d.object_of(**RECORD)(value)
    require(record["vkey"].name == record["id"], "malformed", "a key that is not named by its holder")
    return record


def parse_holder(text):
    """A holder record that stands alone."""
    try:
        text = text.decode("utf-8")
    except UnicodeDecodeError:
        raise Failure("malformed", "not UTF-8") from None
    return d.decode(text, "key-escrow/v1 holder", _record)


def _policy(value):
    require(isinstance(value, str), "malformed", "not a policy")
    try:
        policy = Policy(value)
    except Failure as failure:
        raise Failure("malformed", failure.detail) from None
    require(policy.text == value, "malformed", "a policy that is not canonical")
    return policy


class Roster(d.Document):
    TYPE = "roster"
    MEMBERS = {
        "depositors": d.one_of("client", "server"),
        "generation": d.integer(1, 1_000_000),
        "genesis": d.Optional(d.digest),
        "holders": d.array_of(_record, 50),
        "issued": d.time,
        "log": d.Optional(d.object_of(origin=d.text(), vkey=d.Key.parse)),
        "maximumWitnessAgeHours": d.Optional(d.integer(1, 8760)),
        "limits": d.Optional(
            d.object_of(
                caps=d.Optional(d.array_of(d.object_of(judges=d.integer(1, 255), keys=d.integer(1)), 16)),
                maximumDays=d.Optional(d.integer(1, 36_500)),
                maximumKeys=d.Optional(d.integer(1)),
                maximumKeysPerMonth=d.Optional(d.integer(1)),
                maximumSealedDays=d.Optional(d.integer(1, 36_500)),
            )
        ),
        "policy": _policy,
        "previous": d.Optional(d.digest),
        "test": d.flag,
        "unwitnessed": d.Optional(d.flag),
        "witnessPolicy": d.Optional(d.array_of(d.string("(?s).*"), 256)),
    }
    limits, unwitnessed = {}, False
    genesis = previous = log = maximumWitnessAgeHours = witnessPolicy = None

    def check(self):
        first = self.generation == 1
        require(
            (self.genesis is None) == first and (self.previous is None) == first,
            "malformed",
            "a first roster has no predecessor",
        )
        self.ids = [record["id"] for record in self.holders]
        self.keys = [record["vkey"] for record in self.holders]
        self.records = dict(zip(self.ids, self.holders))
        self.ancestors = []
        require(self.ids == self.policy.holders, "malformed", "not the policy's leaves in their order")
        log_keys = self._check_log() if self.log else self._check_no_log()
        everyone = set(self.policy.holders)
        require(not self.policy.holds(everyone - set(self.policy.judges)), "policy-rule", "opens without a judge")
        for one in ("judge", "provider", "agency"):
            holders = {holder for holder in everyone if role(holder) == one}
            require(not self.policy.holds(holders), "policy-rule", f"{one} opens alone")
        caps = self.limits.get("caps", [])
        for low, high in zip(caps, caps[1:]):
            require(low["keys"] < high["keys"] and low["judges"] < high["judges"], "limits", "caps do not rise")
        enough = all(cap["judges"] <= len(self.policy.judges) for cap in caps)
        require(enough, "limits", "a cap asks for too many judges")
        keys = [key for record in self.holders for key in (record["sealingKey"], record["vkey"].public)]
        require(len(set(keys)) == len(keys), "duplicate-key")
        require(self.log or self.test, "log-missing")
        require(not log_keys & set(keys), "duplicate-key", "a holder is the log or a witness")

    def _check_no_log(self):
        others = self.maximumWitnessAgeHours, self.witnessPolicy
        require(others == (None, None) and "unwitnessed" not in self.__dict__, "malformed", "witnesses without a log")
        return set()

    def _check_log(self):
        """Rule 6, and the keys of the log and its witnesses."""
        require(self.maximumWitnessAgeHours and self.witnessPolicy, "malformed", "a log without witnesses")
        require("unwitnessed" not in self.__dict__ or self.unwitnessed, "malformed", "unwitnessed that is not true")
        try:
            lines = map(d.text(1024), self.witnessPolicy)
            self.witnesses = WitnessPolicy("".join(line + "\n" for line in lines).encode())
        except Failure as failure:
            raise Failure("invalid-log", failure.detail) from None
        log = self.log["vkey"]
        require(not self.witnesses.logs or log in self.witnesses.logs, "invalid-log", "another log's witnesses")
        require(self.unwitnessed or self.witnesses.quorum != ("none",), "invalid-log", "no witness, and no word of it")
        witnesses = {key.public for key in self.witnesses.witnesses}
        require(log.public not in witnesses, "duplicate-key", "the log is a witness")
        return {log.public} | witnesses

    def verify(self, previous=None):
        """Checks the signatures; `previous` is the verified predecessor, without which only generation 1 verifies."""
        if previous is None:
            require(self.generation == 1, "not-successor", "the predecessor is missing")
        else:
            require(self.previous == previous.digest, "not-successor", "it follows another roster")
            require(
                self.genesis == previous.genesis_id
                and self.generation == previous.generation + 1
                and self.test == previous.test,
                "not-successor",
            )
        signers = self.note.signers(self.keys)
        for key in self.keys:
            require(key in signers, "unsigned", f"by {key.name}")
        if previous is not None:
            signed = {key.name for key in self.note.signers(previous.keys)}
            require(previous.policy.holds(signed), "not-successor", "not signed under the predecessor's policy")
            self.ancestors = [previous, *previous.ancestors]
        return self

    @property
    def genesis_id(self):
        return self.genesis or self.digest

    def generation_with_id(self, digest):
        """This roster or an ancestor, by id; None if there is none."""
        return next((roster for roster in [self, *self.ancestors] if roster.digest == digest), None)

    def key(self, holder):
        return self.records[holder]["vkey"]

    def row(self, holder):
        """The row of a holder, counted from 1."""
        return self.ids.index(holder) + 1


def make_roster(policy, holders, issued, signers, depositors="client", limits=None, test=True, previous=None, log=None):
    """A roster's note. `holders` are records as JSON has them, `signers` are (name, seed), `log` the members about the
    log."""
    body = {
        "depositors": depositors,
        "generation": previous.generation + 1 if previous else 1,
        "holders": holders,
        "issued": d.time_text(issued),
        "policy": policy,
        "test": test,
        "type": "key-escrow/v1 roster",
    } | (log or {})
    if previous:
        body |= {"previous": previous.digest.hex(), "genesis": previous.genesis_id.hex()}
    if limits:
        body["limits"] = limits
    return d.sign(body, *signers)
