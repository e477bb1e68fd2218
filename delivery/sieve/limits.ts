/** What a script and one run of it may take. */
export const scriptLimits = {
  /** Octets of a script. */
  octets: 65_536,
  /** Blocks and tests in each other; RFC 5228 §2.10.4 asks for 15 of both. */
  nesting: 32,
  /** Commands and tests together. */
  clauses: 5000,
  /** Faults that are told of one script. */
  faults: 50,
  /** Actions of one run that deliver or discard. */
  actions: 32,
  /** Variables of one run; RFC 5229 §3 asks for 128. */
  variables: 256,
  /** Characters that a variable holds, the rest is cut (RFC 5229 §3 asks for 4000). */
  variableLength: 4096,
  /** Characters of a string with its references filled in. */
  expandedLength: 65_536,
  /** Flags that a variable or an action holds. */
  flags: 100,
  /** Characters of a body that one test reads. */
  bodyLength: 1_048_576,
  /** Parts of matches that later strings can name, `${0}` included. */
  matches: 32,
  /** Work of one run, in characters looked at: at most some tenths of a second. */
  work: 100_000_000,
  /** Steps of a run that are told. */
  trace: 500,
} as const;
