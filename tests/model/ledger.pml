/* The ledger's word of use: one user, one slot, every interleaving of logins, daemon and kills.
 * docs/live-store.md has the argument that this checks; common/livestore/ledger.cc and
 * helperd/twofactord/livestore/{publisher,ledger_start}.cc are what it is a model of.
 *
 * A login that is killed is one that takes no further step, which is a prefix of what is searched
 * anyway. The daemon is killed before any of its instructions and starts again. Record and index are
 * read whole or not at all here: their checksums are tests/unit/livestore/records_test.cc's matter.
 * A ledger that somebody else unlinks is one that the daemon unlinks at its next start: until then every
 * login is refused. Time is counted in steps and only goes forward; the clock may be ahead of it, and is
 * then set right once, at any moment. All logins try one step: others could only raise the word.
 *
 * What is used is noted in the vault, some time later. A ledger that is lost before that, on a machine whose
 * clock goes back, is docs/live-store.md's 'what it does not do', and is left out here.
 *
 * A mistake can be seeded with -D (see tests/model/run): the check must then fail. MISTAKE_AHEAD_… are those that only a
 * clock that is ahead shows. */

#define LOGINS 2 /* Two are enough for two to win; what a third adds is one of the two before it. */
#define LEDGERS 2     /* The one at the start, and one that replaces it. */
#ifndef AHEAD
#define AHEAD 0 /* By how many steps the clock is ahead until it is set right, in some of the searches. */
#endif
#if AHEAD
#define GENERATIONS 2
#else
#define GENERATIONS 3 /* Renewals and removals together, the enrolment included. */
#endif
#ifndef KILLS
#define KILLS 1
#endif
#define WINDOW 1
#define STEP (2 + AHEAD) /* Of the code that all logins try, which the window accepts from the clock's time 1 + AHEAD on. */
#if AHEAD
#define LAST_TIME (STEP - WINDOW) /* The window accepts it then with a clock that is right, too. */
#else
#define LAST_TIME 2
#endif
#define LAST_STEP 15 /* kMaxTimeStep: a slot that is closed. */

#define WORD(generation, next) ((generation)*32 + (next)*2)
#define FROM_BIRTH 1
#define GENERATION(word) ((word) / 32)
#define NEXT(word) (((word) / 2) % 16)
#define IS_FROM_BIRTH(word) ((word) % 2 == FROM_BIRTH)
#define LATER(a, b) ((a) > (b) -> (a) : (b))

/* The live store. A ledger has a name until it is unlinked; the other files say whose they are. */
byte use[LEDGERS];
bool named[LEDGERS];
byte began[LEDGERS];
byte ledger; /* The one that has, or had last, the name. */
byte record_generation;
byte record_ledger;
bool indexed;
byte index_ledger;

/* The vault: what is committed. */
byte vault_generation;
bool vault_has;
byte vault_used; /* The first step of its generation of which it knows no use. */

byte now;
byte ahead;
#define CLOCK (now + ahead)
bool killed;

/* What nobody reads but the claims. */
byte dead_below; /* Generations below were answered to be dead. */
bool granted[GENERATIONS + 1];

/* Every change of the word makes it larger, but for the birth's bit: nothing that was written is lost. Only
 * a word from birth, of which no step was used, may become smaller. */
inline set_word(l, word) {
  assert((word) / 2 > use[l] / 2);
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
  if :: CLOCK + WINDOW < STEP -> goto refused :: else fi;
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

/* UsedSteps::LookForNew and Vault::NoteUses, of a word that says a use. */
#define SAYS_USE (vault_has && GENERATION(use[ledger]) == vault_generation && !IS_FROM_BIRTH(use[ledger]))
inline note_uses() {
  d_step { raised = (SAYS_USE -> NEXT(use[ledger]) : 0) };
  d_step { vault_used = LATER(vault_used, raised); raised = 0 }
}

/* UsedSteps::BeginAgain and Ledger::BeginAgain. A word with a use is left alone. */
inline begin_again() {
  birth = CLOCK;
  first = birth + WINDOW + 1;
#ifndef MISTAKE_AHEAD_BEGIN_AGAIN_FORGETS_USES
  first = LATER(first, vault_used);
#endif
  raised = use[ledger];
  do
#ifdef MISTAKE_AHEAD_BEGIN_AGAIN_TAKES_USED_WORDS
  :: GENERATION(raised) != vault_generation -> break
#else
  :: GENERATION(raised) != vault_generation || !IS_FROM_BIRTH(raised) -> break
#endif
  :: else ->
#ifdef MISTAKE_AHEAD_BEGIN_AGAIN_IS_NOT_ATOMIC
    use[ledger] = WORD(vault_generation, first) + FROM_BIRTH; break
#else
    atomic {
      if
      :: use[ledger] == raised -> use[ledger] = WORD(vault_generation, first) + FROM_BIRTH; break
      :: else -> raised = use[ledger]
      fi
    }
#endif
  od;
  atomic { began[ledger] = birth; raised = 0; first = 0; birth = 0 }
}

/* What is left out: see above. */
#define KNOWS_USES (AHEAD == 0 || !SAYS_USE || vault_used >= NEXT(use[ledger]))

/* MakeNewLedger: the name goes, then the clock is read. */
inline replace_ledger() {
#ifdef MISTAKE_CLOCK_BEFORE_UNLINK
  birth = CLOCK;
#endif
  atomic { KNOWS_USES -> named[ledger] = false };
#ifndef MISTAKE_CLOCK_BEFORE_UNLINK
  birth = CLOCK;
#endif
  d_step {
#ifdef MISTAKE_BIRTH_WITHOUT_WINDOW
    first = birth + 1;
#else
    first = birth + WINDOW + 1;
#endif
#ifndef MISTAKE_AHEAD_BIRTH_FORGETS_USES
    first = LATER(first, vault_used);
#endif
    use[ledger + 1] = (vault_has -> WORD(vault_generation, first) + FROM_BIRTH : 0);
#if AHEAD
    began[ledger + 1] = birth;
#endif
    first = 0;
    ledger = ledger + 1;
    named[ledger] = true;
    birth = 0
  }
}

/* LiveStorePublisher::Open. */
inline start() {
  if
  :: named[ledger]
  :: ledger + 1 < LEDGERS && KNOWS_USES -> replace_ledger()
  fi;
#if AHEAD
  if :: began[ledger] > CLOCK -> begin_again() :: else fi;
#endif
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
  d_step { vault_generation++; vault_has = true; vault_used = 0 };
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
  d_step { vault_generation++; vault_has = false; vault_used = 0 };
  indexed = false;
  raise_to(vault_generation, LAST_STEP);
  record_generation = 0;
  dead_below = vault_generation
}

proctype Daemon() {
  byte raised, birth, first;
  do
  :: {
       start();
       do
       :: vault_generation < GENERATIONS -> renew()
       :: vault_has && vault_generation < GENERATIONS -> remove()
#if AHEAD
       :: began[ledger] > CLOCK -> begin_again()
       :: SAYS_USE && vault_used < NEXT(use[ledger]) -> note_uses()
#endif
       od
     } unless { killed };
     atomic {
       /* Nobody is locked out while the daemon is dead. */
       assert(!named[ledger] || !indexed || index_ledger != ledger || record_ledger != ledger ||
              record_generation == 0 || record_generation >= GENERATION(use[ledger]));
       killed = false;
       raised = 0;
       birth = 0;
       first = 0
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
  :: ahead > 0 -> ahead = 0
  :: now == LAST_TIME -> break
  od
}

init {
  atomic {
    byte i;
    named[0] = true;
    ahead = AHEAD;
    run Daemon();
    run Killer();
    run Time();
    for (i : 1 .. LOGINS) { run Login() }
  }
}
