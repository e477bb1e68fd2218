import { asDeliveryError } from '../../errors.ts';
import type { BulkResult } from '../store.ts';
import { type Database, fromSqlite } from './database.ts';

/**
 * One item of a bulk call in a savepoint of its own: `create` gives the id of what it made. What exists answers
 * `exists`; a fault of the item is its answer, trouble of the file goes up.
 */
export function asBulkResult(database: Database, name: string, create: () => string): BulkResult {
  database.run('savepoint item');
  try {
    const id = create();
    database.run('release item');
    return { name, outcome: 'created', id };
  } catch (cause) {
    const error = asDeliveryError(fromSqlite(cause));
    if (error.row.temporary && !itemCodes.has(error.code)) throw cause;
    database.run('rollback to item');
    database.run('release item');
    return { name, outcome: error.code === 'alreadyExists' ? 'exists' : 'failed', code: error.code };
  }
}

/** Temporary codes that concern the item alone. */
const itemCodes: ReadonlySet<string> = new Set(['overQuota']);
