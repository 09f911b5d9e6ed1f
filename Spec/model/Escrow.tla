------------------------------- MODULE Escrow -------------------------------
(***************************************************************************)
(* From a warrant to a key: drafted, signed, logged, answered, recovered.  *)
(*                                                                         *)
(* Whatever is not a holder that is honest, or the one honest witness that *)
(* every quorum contains, belongs to the adversary: the network, the store,*)
(* the log's operator, the other witnesses, the holders in `rogue`, whoever*)
(* carries a warrant. He shows anything to anybody, old or new, as often as*)
(* he likes; he stops a holder's process at any step, and puts an old copy *)
(* of its disk in place of the present one.                                *)
(*                                                                         *)
(* A rule of the specification is a guard with a name: Guard(name, rule).  *)
(* `guards` lists the names with their places in the specification. A guard*)
(* in `Removed` always holds; in the specification `Removed` is empty.     *)
(* README.md says what is left out of the model.                           *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS
  Warrants,     \* texts of warrants
  Asked,        \* those that their recipient made; the others carry the key of whoever made them up
  OneKey,       \* whether all warrants name the same one-time key
  Policies,     \* access policies, each as its set of minimal authorised sets
  RogueSets,    \* which sets of holders may be the adversary's
  Active,       \* the holders that run; the others of the honest ones do nothing
  WrongClocks,  \* holders whose clock shows what the adversary likes
  MaxTime, NotBefore, NotAfter,   \* times are 0 .. MaxTime; every warrant is in force from NotBefore to NotAfter
  MaxAge,       \* how old a checkpoint may be
  MaxLog, Processes, Crashes, Rollbacks,  \* bounds of what is explored
  Signing,      \* whether signatures are added one by one; if not, all who would sign have signed
  Logged,       \* what is logged beside warrants: "revocation", "answer"
  Refusals,     \* whether holders also refuse
  Recoveries,   \* whether the recipient recovers
  Removed       \* guards that are left out

VARIABLES
  policy,     \* the roster's policy
  rogue,      \* the adversary's holders
  now,        \* true time
  signed,     \* warrant -> whose valid signatures it carries
  head,       \* the log as the honest witness cosigned it last
  cosigned,   \* checkpoints that reached the quorum: the entries of the tree, and the witness time
  disk,       \* holder -> what it keeps durably: last checkpoint, keys bound to warrants, answers
  running,    \* holder -> its processes
  out,        \* answers that left
  recovered,  \* what recoveries ended with
  most,       \* holder -> the longest log it accepted since its disk was put back; nobody reads it, properties do
  crashes, rollbacks

vars == <<policy, rogue, now, signed, head, cosigned, disk, running, out, recovered, most, crashes, rollbacks>>

Guard(name, rule) == name \in Removed \/ rule

-----------------------------------------------------------------------------
(* Words *)

Judges == {"judge:a", "judge:b"}
Holders == Judges \cup {"provider", "agency"}
Recipient == "agency"

Role(h) == IF h \in Judges THEN "judge" ELSE h

Honest == Holders \ rogue

Satisfied(p, set) == \E m \in p : m \subseteq set

\* The record that warrants ask for, one of another conversation, and one deposited for a test.
Records == {"asked", "other", "test"}
Scope == {"asked", "test"}

\* What a store shows: a record, and what it says that the record is.
Offers == {<<r, r>> : r \in Records} \cup {<<"other", "asked">>}

Key(w) == IF OneKey THEN "key" ELSE w

WarrantEntry(w) == <<"warrant", w>>
RevocationEntry(w) == <<"revocation", w>>
AnswerEntry(h, w, a) == <<"answer", h, w, a>>

Prefix(a, b) == Len(a) <= Len(b) /\ SubSeq(b, 1, Len(a)) = a

Holds(log, e) == \E i \in 1 .. Len(log) : log[i] = e

None == [records |-> {}, seal |-> 0, index |-> 0]
Refusal == [records |-> {}, seal |-> 1, index |-> 0]

\* The same shares sealed again are other bytes: here, the lowest number that no answer has which anybody has seen.
Fresh(h, w) ==
  LET used == {o.answer.seal : o \in {x \in out : x.holder = h /\ x.warrant = w}}
                \cup {p.answer.seal : p \in running[h]} \cup {disk[h].kept[w].seal}
  IN CHOOSE n \in 2 .. 9 : n \notin used /\ \A m \in 2 .. n - 1 : m \in used

\* What a process does after its checks concerns its holder's disk alone. So time, signatures, the log, recipients and
\* other holders wait for it: another order of such steps reaches nothing that a property could see.
Idle == \A h \in Active : running[h] = {}

-----------------------------------------------------------------------------
(* Before the warrant: a roster *)

RosterAccepted(p) ==
  /\ Guard("roster-needs-judge", ~Satisfied(p, Holders \ Judges))
  /\ Guard("roster-needs-two-roles", \A r \in {"judge", "provider", "agency"} : ~Satisfied(p, {h \in Holders : Role(h) = r}))

Init ==
  /\ policy \in {p \in Policies : RosterAccepted(p)}
  \* An authorised set of rogues opens what it likes; nothing is claimed about that.
  /\ rogue \in {r \in RogueSets : ~Satisfied(policy, r)}
  /\ now = 0
  /\ signed = [w \in Warrants |-> IF Signing THEN {} ELSE Judges \cup {Recipient}]
  /\ head = <<>>
  /\ cosigned = {}
  /\ disk = [h \in Active |-> [seen |-> <<>>, bound |-> {}, kept |-> [w \in Warrants |-> None]]]
  /\ running = [h \in Active |-> {}]
  /\ out = {}
  /\ recovered = {}
  /\ most = [h \in Active |-> <<>>]
  /\ crashes = 0
  /\ rollbacks = 0

Tick ==
  /\ Idle
  /\ now < MaxTime
  /\ now' = now + 1
  /\ UNCHANGED <<policy, rogue, signed, head, cosigned, disk, running, out, recovered, most, crashes, rollbacks>>

-----------------------------------------------------------------------------
(* The warrant is signed *)

\* A signature that comes later allows nothing more than one that comes at once.
Sign(h, w) ==
  /\ Signing /\ now = 0 /\ head = <<>>
  /\ h \in (Judges \cup {Recipient}) \ signed[w]
  \* An honest recipient signs what it asked. A rogue signs anything.
  /\ h = Recipient => (h \in rogue \/ w \in Asked)
  /\ h \in Judges => (h \in rogue \/ Guard("judge-checks-recipient", Recipient \in signed[w]))
  /\ signed' = [signed EXCEPT ![w] = @ \cup {h}]
  /\ UNCHANGED <<policy, rogue, now, head, cosigned, disk, running, out, recovered, most, crashes, rollbacks>>

-----------------------------------------------------------------------------
(* The log. Its operator writes what he likes, but a revocation has a judge's signature and an answer its holder's. *)

Entries ==
  LET all == {WarrantEntry(w) : w \in Warrants} \cup {RevocationEntry(w) : w \in Warrants}
               \cup {AnswerEntry(o.holder, o.warrant, o.answer) : o \in out}
  IN {e \in all : e[1] = "warrant" \/ e[1] \in Logged}

\* The honest witness cosigns a tree that extends the one it cosigned last. So does a quorum, since it contains it.
Cosign(log) ==
  /\ Idle
  /\ Guard("witness-extends", Prefix(head, log))
  /\ [log |-> log, time |-> now] \notin cosigned
  /\ head' = log
  /\ cosigned' = cosigned \cup {[log |-> log, time |-> now]}
  /\ UNCHANGED <<policy, rogue, now, signed, disk, running, out, recovered, most, crashes, rollbacks>>

Grow ==
  \E base \in {head} \cup {c.log : c \in cosigned} : \E e \in Entries :
    Len(base) < MaxLog /\ Cosign(Append(base, e))

CosignAgain == head # <<>> /\ Cosign(head)

\* What the log's operator can sign alone: any history, among them those from which revocations are missing.
Unrevoked(log) == SelectSeq(log, LAMBDA e : e[1] # "revocation")
Signable == LET real == {c.log : c \in cosigned} IN real \cup {Unrevoked(log) : log \in real}
Forgeries == {[log |-> log, time |-> t] : log \in Signable, t \in 0 .. MaxTime}

-----------------------------------------------------------------------------
(* A holder answers *)

\* What is wrong with answering now: not what a holder knows, but what is so. c is the checkpoint in the warrant's proof,
\* tree the log as it is shown now.
Wrong(h, w, c, tree, clock) ==
  {x \in {"not-logged", "another-history", "revoked", "revoked-long-ago", "early", "late", "clock-contradicted",
          "unauthorised", "not-asked", "answered-before"} :
    CASE x = "not-logged" -> ~Holds(head, WarrantEntry(w))
      [] x = "another-history" -> ~Prefix(c.log, head)
      [] x = "revoked" -> \E log \in {c.log, tree, most[h]} : Holds(log, RevocationEntry(w))
      \* Whoever has a right clock misses no revocation that was cosigned longer than MaxAge ago.
      [] x = "revoked-long-ago" ->
           h \notin WrongClocks /\ \E d \in cosigned : d.time + MaxAge < now /\ Holds(d.log, RevocationEntry(w))
      \* With a clock as wrong as can be a holder still does not answer too early.
      [] x = "early" -> now < NotBefore
      [] x = "late" -> c.time > NotAfter \/ (h \notin WrongClocks /\ now > NotAfter)
      [] x = "clock-contradicted" -> c.time > clock
      [] x = "unauthorised" -> ~\E m \in policy : h \in m /\ (m \cap Judges) \subseteq signed[w]
      [] x = "not-asked" -> w \notin Asked /\ Recipient \notin rogue
      \* It gave another answer, and the log says so: the one that it is shown, or any that is older than MaxAge.
      [] x = "answered-before" ->
           \E log \in {c.log, tree} \cup
               (IF h \in WrongClocks THEN {} ELSE {d.log : d \in {y \in cosigned : y.time + MaxAge < now}}) :
             \E k \in 1 .. Len(log) :
               /\ log[k][1] = "answer"
               /\ log[k][2] = h
               /\ log[k][3] = w
               /\ log[k][4] # disk[h].kept[w]}

\* Every check of a warrant w, whose proof shows entry i of the tree in checkpoint c. The log shows another checkpoint,
\* of now, which nobody need have cosigned.
Allowed(h, w, c, i, tree, clock) ==
  /\ Guard("recipient-signature", Recipient \in signed[w])
  /\ Guard("who-answers", \E m \in policy : h \in m /\ (m \cap Judges) \subseteq signed[w])
  /\ Guard("in-force", NotBefore <= clock /\ clock <= NotAfter)
  /\ Guard("quorum", c \in cosigned)
  /\ Guard("logged", i \in 1 .. Len(c.log) /\ c.log[i] = WarrantEntry(w))
  /\ Guard("in-force-by-witness-time", NotBefore <= c.time /\ c.time <= NotAfter)
  /\ Guard("fresh-checkpoint", clock <= c.time + MaxAge)
  /\ Guard("checkpoint-not-ahead", c.time <= clock)
  /\ Guard("consistent-with-proof", Prefix(c.log, tree))
  /\ Guard("consistent-with-seen", Prefix(disk[h].seen, tree))
  /\ Guard("not-revoked", \A k \in i + 1 .. Len(tree) : tree[k] # RevocationEntry(w))
  /\ Guard("not-revoked-before", \A k \in 1 .. i - 1 : k <= Len(tree) => tree[k] # RevocationEntry(w))
  /\ Guard("own-answers", \A k \in 1 .. Len(tree) :
       (tree[k][1] = "answer" /\ tree[k][2] = h) => disk[h].kept[tree[k][3]] = tree[k][4])
  /\ Guard("one-key-one-warrant", \A b \in disk[h].bound : b[1] = Key(w) => b[2] = w)

Clocks(h) == IF h \in WrongClocks THEN 0 .. MaxTime ELSE {now}

MayStart(h) ==
  /\ \A g \in Active \ {h} : running[g] = {}
  /\ Cardinality(running[h]) < Processes
  /\ Guard("one-at-a-time", running[h] = {})

\* A process has checked everything. It gives the answer that is kept, or goes on to make one.
Check(h, w) ==
  /\ MayStart(h)
  /\ \E c \in cosigned \cup (IF "quorum" \in Removed THEN Forgeries ELSE {}) :
     \E i \in 1 .. MaxLog, tree \in Signable, clock \in Clocks(h) :
       /\ i <= Len(c.log)
       /\ Allowed(h, w, c, i, tree, clock)
       /\ LET again == disk[h].kept[w] # None
              free == Guard("kept-answer", ~again)
              stage == IF free THEN "checked" ELSE "kept"
          IN /\ free \/ disk[h].kept[w] # Refusal
             /\ running' = [running EXCEPT ![h] = @ \cup
                  {[warrant |-> w, stage |-> stage, wrong |-> Wrong(h, w, c, tree, clock),
                    answer |-> IF free THEN [None EXCEPT !.index = i] ELSE disk[h].kept[w]]}]
       /\ disk' = [disk EXCEPT ![h].seen = tree]
       /\ most' = [most EXCEPT ![h] = IF Prefix(@, tree) THEN tree ELSE @]
  /\ UNCHANGED <<policy, rogue, now, signed, head, cosigned, out, recovered, crashes, rollbacks>>

\* It reads the log and refuses; what it saw it remembers.
Look(h) ==
  /\ Idle
  /\ "revocation" \in Logged
  /\ \E tree \in Signable :
       /\ Guard("consistent-with-seen", Prefix(disk[h].seen, tree))
       /\ disk' = [disk EXCEPT ![h].seen = tree]
       /\ most' = [most EXCEPT ![h] = IF Prefix(@, tree) THEN tree ELSE @]
  /\ UNCHANGED <<policy, rogue, now, signed, head, cosigned, running, out, recovered, crashes, rollbacks>>

\* It writes down which warrant the key serves.
Bind(h, p) ==
  /\ p.stage = "checked"
  /\ disk' = [disk EXCEPT ![h].bound = @ \cup {<<Key(p.warrant), p.warrant>>}]
  /\ running' = [running EXCEPT ![h] = (@ \ {p}) \cup {[p EXCEPT !.stage = "bound"]}]
  /\ UNCHANGED <<policy, rogue, now, signed, head, cosigned, out, recovered, most, crashes, rollbacks>>

\* It opens its column and seals the shares that are asked for to the recipient's key.
Seal(h, p) ==
  /\ p.stage \in {"checked", "bound"}
  /\ Guard("intent-before-seal", p.stage = "bound")
  /\ LET taken == {o \in Offers :
               /\ Guard("scope", o[2] \in Scope)
               /\ Guard("tag", o[1] = o[2])
               /\ Guard("test-flag", o[1] # "test")}
         records == {o[1] : o \in taken}
         wrong == p.wrong \cup (IF "other" \in records THEN {"out-of-scope"} ELSE {})
                          \cup (IF "test" \in records THEN {"test"} ELSE {})
     IN running' = [running EXCEPT ![h] = (@ \ {p}) \cup
          {[p EXCEPT !.stage = "sealed", !.wrong = wrong,
            !.answer = [records |-> records, seal |-> Fresh(h, p.warrant), index |-> @.index]]}]
  /\ UNCHANGED <<policy, rogue, now, signed, head, cosigned, disk, out, recovered, most, crashes, rollbacks>>

\* A refusal needs no valid warrant, no key and no proof.
Refuse(h, w) ==
  /\ Refusals
  /\ MayStart(h)
  /\ Guard("kept-answer", disk[h].kept[w] = None)
  /\ running' = [running EXCEPT ![h] = @ \cup {[warrant |-> w, stage |-> "sealed", wrong |-> {}, answer |-> Refusal]}]
  /\ UNCHANGED <<policy, rogue, now, signed, head, cosigned, disk, out, recovered, most, crashes, rollbacks>>

\* It stores the answer, durably.
Keep(h, p) ==
  /\ p.stage = "sealed"
  /\ disk' = [disk EXCEPT ![h].kept[p.warrant] = p.answer]
  /\ running' = [running EXCEPT ![h] = (@ \ {p}) \cup {[p EXCEPT !.stage = "kept"]}]
  /\ UNCHANGED <<policy, rogue, now, signed, head, cosigned, out, recovered, most, crashes, rollbacks>>

\* It hands the answer out. From here on the adversary has it.
HandOut(h, p) ==
  /\ p.stage \in {"sealed", "kept"}
  /\ Guard("kept-before-handed-out", p.stage = "kept")
  /\ out' = out \cup {[holder |-> h, warrant |-> p.warrant, answer |-> p.answer, wrong |-> p.wrong]}
  /\ running' = [running EXCEPT ![h] = @ \ {p}]
  /\ UNCHANGED <<policy, rogue, now, signed, head, cosigned, disk, recovered, most, crashes, rollbacks>>

Crash(h) ==
  /\ crashes < Crashes
  /\ running[h] # {}
  /\ crashes' = crashes + 1
  /\ running' = [running EXCEPT ![h] = {}]
  /\ UNCHANGED <<policy, rogue, now, signed, head, cosigned, disk, out, recovered, most, rollbacks>>

\* An empty disk is the worst old copy: every check passes on less when there is less on the disk.
Rollback(h) ==
  /\ rollbacks < Rollbacks
  /\ rollbacks' = rollbacks + 1
  /\ disk' = [disk EXCEPT ![h] = [seen |-> <<>>, bound |-> {}, kept |-> [w \in Warrants |-> None]]]
  /\ running' = [running EXCEPT ![h] = {}]
  /\ most' = [most EXCEPT ![h] = <<>>]
  /\ UNCHANGED <<policy, rogue, now, signed, head, cosigned, out, recovered, crashes>>

-----------------------------------------------------------------------------
(* The recipient recovers, with software that is honest, from releases that need not be *)

\* Of each holder nothing, an answer that it gave, one that a rogue makes, or one that somebody makes in its name.
Documents(h, w, i) ==
  {[holder |-> h, made |-> "none", warrant |-> w, index |-> i, good |-> FALSE]}
    \cup {[holder |-> h, made |-> "honest", warrant |-> o.warrant, index |-> o.answer.index, good |-> TRUE] :
           o \in {x \in out : x.holder = h /\ "asked" \in x.answer.records}}
    \cup (IF h \in rogue
          THEN {[holder |-> h, made |-> "rogue", warrant |-> w, index |-> i, good |-> g] : g \in BOOLEAN}
          ELSE {[holder |-> h, made |-> "forged", warrant |-> w, index |-> i, good |-> FALSE]})

Recover(w) ==
  /\ Recoveries
  /\ Idle
  /\ \E i \in 1 .. Len(head) :
       /\ head[i] = WarrantEntry(w)
       /\ \E a \in Documents("judge:a", w, i), b \in Documents("judge:b", w, i),
             c \in Documents("provider", w, i), d \in Documents("agency", w, i) :
            LET given == {x \in {a, b, c, d} : x.made # "none"}
                taken == {x \in given :
                  /\ Guard("release-signed", x.made # "forged")
                  /\ Guard("same-warrant", x.warrant = w)
                  \* A roster without a log has no indices, so that of another warrant's release does not count here.
                  /\ Guard("log-index", x.warrant = w => x.index = i)}
                holders == {x.holder : x \in taken}
                \* What was sealed for another warrant does not open.
                sound == {x \in taken : x.good /\ x.warrant = w}
                right == Satisfied(policy, {x.holder : x \in sound})
                named == {x.holder : x \in taken \ sound}
                emitted == Guard("commitment", right)
                wrong ==
                  {y \in {"below-policy", "garbage", "no-judge", "one-role", "other-entry", "framed"} :
                    CASE y = "below-policy" -> ~Satisfied(policy, holders)
                      [] y = "garbage" -> emitted /\ ~right
                      [] y = "no-judge" -> emitted /\ holders \cap Judges = {}
                      [] y = "one-role" -> emitted /\ Cardinality({Role(h) : h \in holders}) = 1
                      [] y = "other-entry" -> emitted /\ \E x \in taken : x.index # i
                      [] y = "framed" -> named \cap Honest # {}}
            IN /\ taken # {}
               /\ Guard("policy-satisfied", Satisfied(policy, holders))
               /\ recovered' = {[warrant |-> w, emitted |-> emitted, wrong |-> wrong]}
  /\ UNCHANGED <<policy, rogue, now, signed, head, cosigned, disk, running, out, most, crashes, rollbacks>>

-----------------------------------------------------------------------------

Next ==
  \* Nothing follows from a recovery, so each is looked at where it ends.
  /\ recovered = {}
  /\ \/ Tick
     \/ \E h \in Holders, w \in Warrants : Sign(h, w)
     \/ Grow
     \/ CosignAgain
     \/ \E h \in Active \ rogue :
          \/ \E w \in Warrants : Check(h, w) \/ Refuse(h, w)
          \/ \E p \in running[h] : Bind(h, p) \/ Seal(h, p) \/ Keep(h, p) \/ HandOut(h, p)
          \/ Look(h)
          \/ Crash(h)
          \/ Rollback(h)
     \/ \E w \in Warrants : Recover(w)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* What must hold *)

NoAnswer(wrong) == \A o \in out : o.wrong \cap wrong = {}

LoggedBeforeReleased == NoAnswer({"not-logged"})
NotRevokedWhenReleased == NoAnswer({"revoked", "revoked-long-ago"})
InForceWhenReleased == NoAnswer({"early", "late", "clock-contradicted"})
SignedBeforeReleased == NoAnswer({"unauthorised", "not-asked"})
NothingElseReleased == NoAnswer({"out-of-scope", "test"})

JudgesSignWhatWasAsked ==
  \A w \in Warrants : ((signed[w] \cap Judges) \ rogue # {}) => (w \in Asked \/ Recipient \in rogue)

\* Two answers of an honest holder to one warrant are the same. Where its disk was put back, this holds if the log shows
\* the first answer.
OneAnswer ==
  /\ rollbacks = 0 => \A o, q \in out : (o.holder = q.holder /\ o.warrant = q.warrant) => o.answer = q.answer
  /\ NoAnswer({"answered-before"})
OneWarrantPerKey ==
  OneKey => \A o, q \in out :
    (o.holder = q.holder /\ o.answer.records # {} /\ q.answer.records # {} /\ rollbacks = 0) => o.warrant = q.warrant

\* What a quorum cosigned, and every proof that a holder relied on, is of one history.
OneHistory ==
  /\ \A c, d \in cosigned : Prefix(c.log, d.log) \/ Prefix(d.log, c.log)
  /\ NoAnswer({"another-history"})

NoRecovery(wrong) == \A r \in recovered : r.wrong \cap wrong = {}

JudgeInEveryRecovery == NoRecovery({"no-judge"})
TwoRolesInEveryRecovery == NoRecovery({"one-role"})
NothingOpenedBelowPolicy == NoRecovery({"below-policy"})
NothingUnverifiedEmitted == NoRecovery({"garbage"})
OneEntryPerRecovery == NoRecovery({"other-entry"})
NoHonestHolderNamed == NoRecovery({"framed"})

-----------------------------------------------------------------------------
(* What must be reachable: each of these is false somewhere (`reachable`) *)

NoKeyRecovered == ~\E r \in recovered : r.emitted /\ r.wrong = {}
NothingAnswered == out = {}
NothingLearntTooLate ==
  \A o \in out : ~(Holds(head, RevocationEntry(o.warrant)) /\ o.wrong = {} /\ ~Holds(most[o.holder], RevocationEntry(o.warrant)))
NoAnswerGivenAgain ==
  \A h \in Active : \A p \in running[h] :
    ~(crashes > 0 /\ p.stage = "kept" /\ \E o \in out : o.holder = h /\ o.answer = p.answer /\ p.answer.records # {})
NoSecondAnswerAfterRollback ==
  \A o, q \in out : (o.holder = q.holder /\ o.warrant = q.warrant) => o.answer = q.answer

=============================================================================
