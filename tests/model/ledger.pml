/* The ledger's word of use: one user, one slot, every interleaving of logins, daemon and kills.
 * docs/live-store.md has the argument that this checks; common/livestore/ledger.cc and
 * helperd/twofactord/livestore/{publisher,ledger_start}.cc are what it is a model of.
 *
 * A login that is killed is one that takes no further step, which is a prefix of what is searched
 * anyway. The daemon is killed before any of its instructions and starts again. Record and index are
 * read whole or not at all here: their checksums are tests/unit/livestore/records_test.cc's matter.
 * A ledger that somebody else unlinks is one that the daemon unlinks at its next start: until then every
 * login is refused. Time is counted in steps and only goes forward. All logins try one step: others
 * could only raise the word.
 *
 * A mistake can be seeded with -D (see tests/model/run): the check must then fail. */

#define LOGINS 2 /* Two are enough for two to win; what a third adds is one of the two before it. */
#define LEDGERS 2     /* The one at the start, and one that replaces it. */
#define GENERATIONS 3 /* Renewals and removals together, the enrolment included. */
#ifndef KILLS
#define KILLS 1
#endif
#define LAST_TIME 2
#define WINDOW 1
#define STEP 2 /* Of the code that all logins try, which the window accepts from time 1 on. */
#define LAST_STEP 15 /* kMaxTimeStep: a slot that is closed. */

#define WORD(generation, next) ((generation)*16 + (next))
#define GENERATION(word) ((word) / 16)
#define NEXT(word) ((word) % 16)

/* The live store. A ledger has a name until it is unlinked; the other files say whose they are. */
byte use[LEDGERS];
bool named[LEDGERS];
byte ledger; /* The one that has, or had last, the name. */
byte record_generation;
byte record_ledger;
bool indexed;
byte index_ledger;

/* The vault: what is committed. */
byte vault_generation;
bool vault_has;

byte now;
bool killed;

/* What nobody reads but the claims. */
byte dead_below; /* Generations below were answered to be dead. */
bool granted[GENERATIONS + 1];

/* Every change of the word makes it larger: nothing that was written is lost. */
inline set_word(l, word) {
  assert((word) > use[l]);
  use[l] = word
}

/* A login with the right code of the record that it finds. It opens the ledger of the index' store id,
 * whether that still has its name or not: opening looks at the name once more, and refuses more.
 * Variables that are done with are zeroed, which saves states. */
proctype Login() {
  byte l, generation, seen, dead_before;

  atomic { if :: indexed -> l = index_ledger :: else -> goto refused fi };
  atomic {
    if
    :: record_ledger == l && record_generation != 0 -> generation = record_generation
    :: else -> goto refused
    fi
  };
  if :: now + WINDOW < STEP -> goto refused :: else fi;
  /* Ledger::Consume. */
  seen = use[l];
again:
  if
  :: GENERATION(seen) > generation -> goto refused
  :: GENERATION(seen) == generation && STEP < NEXT(seen) -> goto refused
  :: else
  fi;
#ifdef MISTAKE_CONSUME_IS_NOT_ATOMIC
  atomic { dead_before = dead_below; use[l] = WORD(generation, STEP + 1); seen = 0 };
#else
  atomic {
    if
    :: use[l] == seen -> dead_before = dead_below; set_word(l, WORD(generation, STEP + 1)); seen = 0
    :: else -> seen = use[l]; goto again
    fi
  };
#endif
  atomic {
#ifndef MISTAKE_NO_LOOK_AT_THE_NAME
    if :: !named[l] -> goto refused :: else fi;
#endif
    assert(!granted[generation]); /* One code, one login. */
    granted[generation] = true;
    assert(generation >= dead_before) /* None of a secret whose death was answered. */
  };
refused:
  atomic { l = 0; generation = 0; seen = 0; dead_before = 0 }
}

/* Ledger::PublishGeneration. */
inline raise_to(generation, first) {
  raised = use[ledger];
  do
  :: GENERATION(raised) >= (generation) -> break
  :: else ->
    atomic {
      if
      :: use[ledger] == raised -> set_word(ledger, WORD(generation, first)); break
      :: else -> raised = use[ledger]
      fi
    }
  od;
  raised = 0
}

/* Ledger::Retire. */
inline close_slot() {
  raised = use[ledger];
  do
  :: GENERATION(raised) == 0 || NEXT(raised) == LAST_STEP -> break
  :: else ->
    atomic {
      if
      :: use[ledger] == raised -> set_word(ledger, WORD(GENERATION(raised), LAST_STEP)); break
      :: else -> raised = use[ledger]
      fi
    }
  od;
  raised = 0
}

/* MakeNewLedger: the name goes, then the clock is read. */
inline replace_ledger() {
#ifdef MISTAKE_CLOCK_BEFORE_UNLINK
  birth = now;
  named[ledger] = false;
#else
  named[ledger] = false;
  birth = now;
#endif
  d_step {
#ifdef MISTAKE_BIRTH_WITHOUT_WINDOW
    use[ledger + 1] = (vault_has -> WORD(vault_generation, birth + 1) : 0);
#else
    use[ledger + 1] = (vault_has -> WORD(vault_generation, birth + WINDOW + 1) : 0);
#endif
    ledger = ledger + 1;
    named[ledger] = true;
    birth = 0
  }
}

/* LiveStorePublisher::Open. */
inline start() {
  if
  :: named[ledger]
  :: ledger + 1 < LEDGERS -> replace_ledger()
  fi;
  atomic {
    record_ledger = ledger;
    record_generation = (vault_has -> vault_generation : 0)
  };
  if
  :: vault_has -> raise_to(vault_generation, 0)
  :: else ->
#ifndef MISTAKE_NO_SLOT_IS_CLOSED
    close_slot()
#else
    skip
#endif
  fi;
  atomic { index_ledger = ledger; indexed = vault_has };
  dead_below = vault_generation /* Whoever asks the daemon now is told so. */
}

inline renew() {
  d_step { vault_generation++; vault_has = true };
#ifdef MISTAKE_RAISE_BEFORE_RECORD
  raise_to(vault_generation, 0);
  record_generation = vault_generation;
#else
  record_generation = vault_generation;
#ifndef MISTAKE_ANSWER_BEFORE_RAISE
  raise_to(vault_generation, 0);
#endif
#endif
  indexed = true;
  dead_below = vault_generation; /* The answer. */
#ifdef MISTAKE_ANSWER_BEFORE_RAISE
  raise_to(vault_generation, 0)
#endif
}

inline remove() {
  d_step { vault_generation++; vault_has = false };
  indexed = false;
  raise_to(vault_generation, LAST_STEP);
  record_generation = 0;
  dead_below = vault_generation
}

proctype Daemon() {
  byte raised, birth;
  do
  :: {
       start();
       do
       :: vault_generation < GENERATIONS -> renew()
       :: vault_has && vault_generation < GENERATIONS -> remove()
       od
     } unless { killed };
     atomic {
       /* Nobody is locked out while the daemon is dead. */
       assert(!named[ledger] || !indexed || index_ledger != ledger || record_ledger != ledger ||
              record_generation == 0 || record_generation >= GENERATION(use[ledger]));
       killed = false;
       raised = 0;
       birth = 0
     }
  od
}

proctype Killer() {
  byte kills;
  do
  :: kills < KILLS -> kills++; killed = true; !killed
  :: kills == KILLS -> break
  od
}

proctype Time() {
  do
  :: now < LAST_TIME -> now++
  :: now == LAST_TIME -> break
  od
}

init {
  atomic {
    byte i;
    named[0] = true;
    run Daemon();
    run Killer();
    run Time();
    for (i : 1 .. LOGINS) { run Login() }
  }
}
