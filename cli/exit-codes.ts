// Exit codes of `recce`, documented in docs/guide/command-line.md.

/** What the shell is told. */
export const exitCodes = {
  /** The command did what it says. */
  done: 0,
  /** It could not: the message on standard error says why. */
  failed: 1,
  /** The arguments are wrong (given by the argument parser). */
  usage: 2,
  /** Done, and some files could not be read: each has its row and its reason. */
  someUnreadable: 3,
  /** `recce verify` found that something changed or is missing. */
  notWhole: 4,
} as const;
