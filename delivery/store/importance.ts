import type { Findings } from './store.ts';

const importances = { low: -5, normal: 0, high: 5 } as const;

/** How much a message matters to its owner, -10 (least) to 10 (most); 0 where nothing was found out. */
export function importanceOf({ score, importance }: Pick<Findings, 'score' | 'importance'>): number {
  if (importance) return Math.max(-10, Math.min(10, Math.round(importance.value)));
  return score ? importances[score.importance] : 0;
}
