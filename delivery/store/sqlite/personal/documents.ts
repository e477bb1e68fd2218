import type { TagRule } from '../../../tags/findings.ts';
import type { Database } from '../database.ts';

/** An account's settings, empty where there are none. */
export function settingsOf(database: Database, account: number): Record<string, unknown> {
  return documentOf(database, account, 'settings') ?? {};
}

/** Its rules. */
export function tagRulesOf(database: Database, account: number): TagRule[] {
  return documentOf(database, account, 'tagRules') ?? [];
}

function documentOf<T>(database: Database, account: number, name: string): T | null {
  const row = database.get<{ value: string }>(
    'select value from document where account = ? and name = ?',
    account,
    name,
  );
  return row ? (JSON.parse(row.value) as T) : null;
}
