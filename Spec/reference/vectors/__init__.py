"""What the files of Spec/vectors/cases hold: each function fills one file."""

from . import answers, deposits, documents, logs, public, sessions, sharing

FILES = {
    "policies": ("Policies: text, canonical text, matrix", sharing.policies),
    "sharing": ("Dealing and reconstructing, raw shares", sharing.sharing),
    "notes": ("Signed notes and verifier keys", documents.notes),
    "holders": ("Holder records, and with them canonical JSON, times and keys", documents.holders),
    "rosters": ("Rosters and successors", documents.rosters),
    "sessions": ("Session headers, and opening them", sessions.headers),
    "states": ("Saved sessions, and going on with them", sessions.states),
    "deposits": ("Deposits, heads, submissions, receipts", deposits.submissions),
    "checks": ("What members and holders check, and certificates", deposits.checks),
    "warrants": ("Warrants, their requirements, who answers", answers.warrants),
    "texts": ("Text that a person reads", answers.texts),
    "releases": ("Releases, refusals, extracts", answers.releases),
    "recovery": ("Recovery: what comes out, and who is named", answers.recovery),
    "entries": ("Entries of the log", public.entry_cases),
    "proofs": ("A warrant's proof, alone and with the log of now", public.proofs),
    "log": ("Checkpoints, witness policies, proofs", logs.log),
}
