"""Warrants and who answers them: Spec/release.md, Warrant, Requirements and Who answers."""

from . import documents as d
from .failure import require
from .sharing import holds

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
REQUIREMENTS = ["recipient-signature", "judges-signatures", "test-flag", "roster-limits", "in-force"]


class Warrant(d.Document):
    TYPE = "warrant"
    MEMBERS = {
        "authority": d.Optional(d.text()),
        "case": d.text(),
        "id": d.string(UUID),
        "issued": d.time,
        "jurisdiction": d.Optional(d.text()),
        "legalBasis": d.text(),
        "maximumKeys": d.integer(1),
        "notAfter": d.time,
        "notBefore": d.time,
        "notifyBy": d.Optional(d.time),
        "offence": d.Optional(d.text()),
        "priority": d.one_of("routine", "emergency"),
        "recipient": d.object_of(holder=d.holder, key=d.x25519_key),
        "roster": d.digest,
        "scope": d.object_of(
            conversations=d.array_of(d.octets(32), 4096),
            depositedFrom=d.Optional(d.time),
            depositedTo=d.Optional(d.time),
            epochFrom=d.integer(),
            epochTo=d.integer(),
        ),
        "test": d.flag,
        "unsealAfter": d.Optional(d.time),
    }

    # The index of its entry, once that was proved.
    log_index = None
    jurisdiction = notifyBy = unsealAfter = None

    def check(self):
        scope = self.scope
        conversations = scope["conversations"]
        require(self.notBefore <= self.notAfter, "malformed", "it ends before it begins")
        require(all(a < b for a, b in zip(conversations, conversations[1:])), "malformed", "conversations do not rise")
        require(("depositedFrom" in scope) == ("depositedTo" in scope), "malformed", "one time of two")
        self.first, self.last = scope.get("depositedFrom", 0), scope.get("depositedTo", 2**63)
        require(
            self.first <= self.last and scope["epochFrom"] <= scope["epochTo"], "malformed", "a range that is empty"
        )
        self.conversations = set(conversations)

    def is_in_scope(self, conversation, epoch, time):
        return (
            conversation in self.conversations
            and self.scope["epochFrom"] <= epoch <= self.scope["epochTo"]
            and self.first <= time <= self.last
        )

    def verify_for_recovery(self, roster):
        """All requirements but the last."""
        signers = {key.name for key in self.note.signers(roster.keys)}
        recipient = self.recipient["holder"]
        require(self.roster == roster.digest, "other-roster")
        require(recipient in roster.ids, "unknown-holder")
        require(recipient in signers, "recipient-unsigned")
        sealing_keys = {record["sealingKey"] for one in [roster, *roster.ancestors] for record in one.holders}
        require(self.recipient["key"] not in sealing_keys, "key-reused")

        judges = set(roster.policy.judges)
        self.judges = signers & judges
        self.allowed = set(roster.ids) - (judges - signers)
        require(self.judges, "no-judge")
        require(roster.policy.holds(self.allowed), "judges-missing")
        caps = roster.limits.get("caps")
        if caps:
            cap = next((cap for cap in caps if self.maximumKeys <= cap["keys"]), None)
            require(cap is not None, "over-limit", "above the last cap")
            require(len(self.judges) >= cap["judges"], "cap")

        require(self.test or not roster.test, "test-flag")

        require(self.maximumKeys <= roster.limits.get("maximumKeys", 2**64), "over-limit", "keys")
        require(
            self.notAfter - self.notBefore <= 86_400 * roster.limits.get("maximumDays", 2**64), "over-limit", "days"
        )
        sealed = roster.limits.get("maximumSealedDays")
        if sealed is not None:
            require(self.unsealAfter is not None, "over-limit", "it does not say when it is unsealed")
            require(self.unsealAfter - self.issued <= 86_400 * sealed, "over-limit", "days sealed")
        return self

    def verify(self, roster, now):
        """All requirements: what a holder needs before it answers."""
        self.verify_for_recovery(roster)
        require(self.notBefore <= now, "not-yet-valid")
        require(now <= self.notAfter, "expired")
        return self

    def require_answer_of(self, holder, roster):
        """Whether some minimal authorised set that contains the holder has all its judges among the signers."""
        require(holder in roster.ids, "unknown-holder")
        require(holder in self.allowed and _answers(roster.policy.root, holder, self.allowed), "judges-missing")


def _answers(node, holder, allowed):
    if isinstance(node, str):
        return node == holder
    satisfied = [holds(child, allowed) for child in node.children]
    for child, is_satisfied in zip(node.children, satisfied):
        if _answers(child, holder, allowed):
            return sum(satisfied) - is_satisfied >= node.threshold - 1
    return False


def make_warrant(body, *signers):
    return d.sign(body | {"type": "key-escrow/v1 warrant"}, *signers)
