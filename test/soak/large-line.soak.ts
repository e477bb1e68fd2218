import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeLargeLines } from '../suites/blows/large-line.ts';
import type { Neighbours } from '../suites/blows/neighbours.ts';
import { sqliteBackend } from '../support/backend.ts';
import { parameter, tell } from './parameters.ts';

const rounds = parameter('SOAK_ROUNDS', 10);
const maxLargeMilliseconds = 5000;
const maxDelayMilliseconds = 200;

test('a line of 20 MB takes less than 5 s and holds others up for less than 200 ms', async t => {
  const enough = ({ large, calm, slowest }: Neighbours): boolean =>
    large < maxLargeMilliseconds && slowest - calm < maxDelayMilliseconds;
  const { seen } = await takeLargeLines(t, sqliteBackend, { rounds, enough });
  tell({ largeLine: seen });
  // Others use the machine, too: what is slow by itself is slow each time.
  for (const door of Object.values(seen)) assert.ok(door.some(enough), JSON.stringify(door));
});
