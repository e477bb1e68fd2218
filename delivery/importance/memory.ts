/**
 * What the owner's acts have taught about what matters to them: the account's state `importance`. People, messages and
 * discussions stand in it as hashes under the account's key.
 */
export interface ImportanceMemory {
  /** By hash of the address, who was written to or answered last at the end. */
  readonly people: ReadonlyMap<number, Correspondent>;
  /** Message identifiers of what the owner wrote, newest last. */
  readonly written: ReadonlySet<number>;
  /** Discussions in which the owner wrote or answered, newest last. */
  readonly discussions: ReadonlySet<number>;
  /** Log-odds by hash of a feature, of the owner's own. */
  readonly weights: ReadonlyMap<number, number>;
  /** Acts that were learned, so that none counts twice; newest last. */
  readonly acts: ReadonlySet<number>;
}

/** How the owner stands to one address. */
export interface Correspondent {
  /** Messages of theirs that the owner answered, and that the owner wrote to them. */
  readonly answered: number;
  readonly written: number;
  /** Mean of the time to an answer, newer ones counting more; 0 while there is none. */
  readonly hours: number;
  /** Day of the last answer or message (days since 1970). */
  readonly day: number;
}

/** Name of the account's state (`AccountStates`). */
export const importanceStateName = 'importance';

const version = 1;
/** What is kept of each, the newest: some 170 kB at most. */
const most = { people: 1500, written: 2000, discussions: 1000, weights: 1000, acts: 1000 };

export const emptyImportance: ImportanceMemory = {
  people: new Map(),
  written: new Set(),
  discussions: new Set(),
  weights: new Map(),
  acts: new Set(),
};

/** What `writeImportance` wrote; what is broken, or of a later version, is as if nothing was learned. */
export function readImportance(octets: Uint8Array | null): ImportanceMemory {
  if (octets === null) return emptyImportance;
  try {
    const stored = { ...(JSON.parse(Buffer.from(octets).toString()) as object | null) } as Record<
      string,
      unknown
    >;
    if (stored.version !== version) return emptyImportance;
    return {
      people: new Map(rowsOf(stored.people, 5).map(([key = 0, ...row]) => [key, correspondentOf(row)])),
      written: new Set(numbersOf(stored.written)),
      discussions: new Set(numbersOf(stored.discussions)),
      weights: new Map(rowsOf(stored.weights, 2).map(([key = 0, weight = 0]) => [key, weight])),
      acts: new Set(numbersOf(stored.acts)),
    };
  } catch {
    return emptyImportance;
  }
}

/** JSON; the oldest of each kind, and the lightest weights, go first. */
export function writeImportance({
  people,
  written,
  discussions,
  weights,
  acts,
}: ImportanceMemory): Uint8Array {
  const rounded = (value: number): number => Math.round(value * 1000) / 1000;
  const heaviest = [...weights].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a)).slice(0, most.weights);
  const stored = {
    version,
    people: [...people]
      .slice(-most.people)
      .map(([key, one]) => [key, one.answered, one.written, rounded(one.hours), one.day]),
    written: [...written].slice(-most.written),
    discussions: [...discussions].slice(-most.discussions),
    weights: heaviest.map(([key, weight]) => [key, rounded(weight)]),
    acts: [...acts].slice(-most.acts),
  };
  return Buffer.from(JSON.stringify(stored));
}

function correspondentOf([answered = 0, written = 0, hours = 0, day = 0]: readonly number[]): Correspondent {
  return { answered, written, hours, day };
}

function numbersOf(stored: unknown): number[] {
  return Array.isArray(stored) ? stored.filter(one => typeof one === 'number') : [];
}

function rowsOf(stored: unknown, length: number): number[][] {
  if (!Array.isArray(stored)) return [];
  return stored.filter(
    row => Array.isArray(row) && row.length === length && row.every(one => typeof one === 'number'),
  );
}
