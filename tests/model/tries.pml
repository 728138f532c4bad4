/* The ledger's words of failures: guesses, a login that is granted and one whose code was used before,
 * at the same moment at one device, and a user who logs in at a known origin meanwhile, who has a word
 * of her own there. common/livestore/tries.cc and TryDevices in
 * common/livestore/verifier.cc are what it is a model of. The wait is longer than the storm, so the
 * word is its count alone.
 *
 * A mistake can be seeded with -D (see tests/model/run): the check must then fail. */

#define GUESSERS 3
#define GUESSES 2 /* By each of them. */
#define FREE_TRIES 2

byte failures; /* Of strangers. */
byte failures_at_known;

/* What nobody reads but the claims. */
byte looked_at; /* Wrong codes that were compared since the word was cleared last. */
byte on_their_way; /* Tries that are charged and neither compared nor refunded. */
byte allowed = FREE_TRIES;

/* ChargeTry; `charged` is false where the wait is not over. */
inline charge() {
  seen = failures;
  do
  :: seen >= FREE_TRIES -> charged = false; break
  :: else ->
#ifdef MISTAKE_CHARGE_IS_NOT_ATOMIC
    d_step { failures = seen + 1; on_their_way++; charged = true };
    break
#else
    atomic {
      if
      :: failures == seen -> failures = seen + 1; on_their_way++; charged = true; break
      :: else -> seen = failures
      fi
    }
#endif
  od
}

inline compare_wrong() {
  d_step {
    looked_at++;
    assert(looked_at <= allowed)
  }
}

proctype Guesser() {
  byte seen, guesses;
  bool charged;
  do
  :: guesses < GUESSES ->
    guesses++;
#ifdef MISTAKE_COMPARE_BEFORE_CHARGE
    if
    :: failures < FREE_TRIES -> compare_wrong(); charge()
    :: else
    fi
#else
    charge();
    if
    :: charged -> atomic { on_their_way--; compare_wrong() }
    :: else
    fi
#endif
  :: guesses == GUESSES -> break
  od
}

/* A right code that was used before gets its try back, unless that swap is lost. */
proctype Replayer() {
  byte seen;
  bool charged;
  charge();
  if
  :: charged ->
    seen = failures;
#ifdef MISTAKE_REFUND_IS_NOT_ATOMIC
    d_step { failures = (seen > 0 -> seen - 1 : 0); on_their_way-- }
#else
    d_step {
      if
      :: seen > 0 && failures == seen -> failures = seen - 1
      :: else
      fi;
      on_their_way--
    }
#endif
  :: else
  fi
}

/* A login that is granted clears the word. The tries that are charged at this moment are looked at, or
 * refunded, beside the new ones. */
proctype Owner() {
  byte seen;
  bool charged;
  charge();
  if
  :: charged ->
    d_step {
      on_their_way--;
      failures = 0;
      looked_at = 0;
      allowed = FREE_TRIES + on_their_way
    }
  :: else
  fi
}

/* A login at a known origin is looked at whatever strangers do, and gives them nothing back. */
proctype OwnerAtKnownOrigin() {
  byte seen = failures_at_known;
  assert(seen < FREE_TRIES);
  atomic { failures_at_known == seen -> failures_at_known = seen + 1 };
#ifdef MISTAKE_GRANT_CLEARS_BOTH_BUDGETS
  d_step { failures = 0; failures_at_known = 0 }
#else
  failures_at_known = 0
#endif
}

init {
  atomic {
    byte i;
    run Owner();
    run OwnerAtKnownOrigin();
    run Replayer();
    for (i : 1 .. GUESSERS) { run Guesser() }
  }
}
