/** What the owner wants of automatic tags; everything unless it was said otherwise. */
export interface TagWishes {
  readonly sortsByStructure: boolean;
  readonly learnsTags: boolean;
  readonly learnsImportance: boolean;
}

/** The wishes among an account's settings (`Preferences/set`). */
export function tagWishesOf(settings: Readonly<Record<string, unknown>>): TagWishes {
  const preferences: Readonly<Record<string, unknown>> = { ...(settings.preferences as object | null) };
  const wants = (name: string): boolean => preferences[name] !== false;
  return {
    sortsByStructure: wants('sortsByStructure'),
    learnsTags: wants('learnsTags'),
    learnsImportance: wants('learnsImportance'),
  };
}
