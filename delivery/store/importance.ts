import type { Findings } from './store.ts';

const importances = { low: -5, normal: 0, high: 5 } as const;

/** How much a message matters to its owner, -10 (least) to 10 (most); 0 where nothing was found out. */
export function importanceOf({ score }: Pick<Findings, 'score'>): number {
  return score ? importances[score.importance] : 0;
}
