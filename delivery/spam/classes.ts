/** Kinds of evidence that can be left out one by one (`--only content,links`). */
export const featureClasses = [
  'content',
  'links',
  'headers',
  'trace',
  'structure',
  'attachments',
  'authentication',
  'rules',
] as const;
export type FeatureClass = (typeof featureClasses)[number];

/** Every class. */
export const allClasses: ReadonlySet<FeatureClass> = new Set(featureClasses);

/** The classes of a comma-separated list; null when a word of it is none of them. */
export function readClasses(list: string): ReadonlySet<FeatureClass> | null {
  const words = list.split(',').map(word => word.trim());
  return words.every(isFeatureClass) ? new Set(words) : null;
}

function isFeatureClass(word: string): word is FeatureClass {
  return (featureClasses as readonly string[]).includes(word);
}
