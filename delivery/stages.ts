/** The judging stages by name, in the order of the line; `parse` comes before and `seal`, `store`, `notify` after them always. */
export const stageNames = ['authenticate', 'reputation', 'decrypt', 'score', 'privacy', 'tag'] as const;
export type StageName = (typeof stageNames)[number];
