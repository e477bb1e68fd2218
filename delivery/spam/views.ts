/**
 * The views of a message: each is a set of slots that a learner of its own judges by. Learners that see different
 * things make different mistakes, so their sum is right far more often than one learner that sees everything.
 */
export const viewNames = [
  /** Byte 4-grams of the sender's header fields. */
  'headerGrams',
  /** Byte 4-grams of the visible text in lower case. */
  'textGrams',
  /** Byte 4-grams of the text parts as sent, tags included. */
  'markupGrams',
  /** Words and word pairs of the header fields, named by their field. */
  'headerWords',
  /** Words and word pairs of the visible text. */
  'contentWords',
  /** Both of these, and links, structure and attachments. */
  'allWords',
  /** Words and word pairs of the fields that the way to the mailbox added. */
  'traceWords',
] as const;
export type ViewName = (typeof viewNames)[number];

/** Views with a tally, which counts in how many messages of each class a slot was seen. */
export const talliedViews = [
  'headerWords',
  'traceWords',
  'headerGrams',
] as const satisfies readonly ViewName[];
export type TalliedView = (typeof talliedViews)[number];

/**
 * Views that their tally judges, too. Few things are enough to name a mailer or a relay, and there counts are right where
 * a sum over everything that was seen is not.
 */
export const judgingTallies = ['headerWords', 'traceWords'] as const satisfies readonly TalliedView[];

/**
 * Views whose slots are scaled by what their tally says of them: see `telling.ts`. For texts that would fit the mail that was
 * learned better, and mail of other kinds worse.
 */
export const scaledViews = ['headerWords', 'headerGrams'] as const satisfies readonly TalliedView[];

/** Slots of a message by view. */
export type Views = Readonly<Record<ViewName, Uint32Array>>;

/** One value for each view. */
export function forEachView<T>(make: (name: ViewName) => T): Record<ViewName, T> {
  // Every name gets its value, so the record is whole.
  return Object.fromEntries(viewNames.map(name => [name, make(name)])) as Record<ViewName, T>;
}

/** One value for each tallied view. */
export function forEachTally<T>(make: (name: TalliedView) => T): Record<TalliedView, T> {
  // Every name gets its value, so the record is whole.
  return Object.fromEntries(talliedViews.map(name => [name, make(name)])) as Record<TalliedView, T>;
}
