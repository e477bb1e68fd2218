import assert from 'node:assert/strict';
import type { Parts } from '../../delivery/open.ts';
import type { Email } from '../../delivery/store/store.ts';

/** What an account holds, newest first. */
export async function storedEmails(
  { store }: Parts,
  address: string,
): Promise<(Email & { octets: string })[]> {
  const account = await store.getAccountByAddress(address);
  assert.ok(account, `no account ${address}`);
  const { rows } = await store.queryEmails(account.id, {
    filter: null,
    sort: [{ key: 'receivedAt', ascending: false }],
    limit: 100,
  });
  const emails = await store.getEmails(
    account.id,
    rows.map(({ id }) => id),
  );
  return Promise.all(
    emails.map(async email => {
      const octets = await store.getOctets(account.id, email.id);
      return { ...email, octets: Buffer.from(octets ?? []).toString('latin1') };
    }),
  );
}

const traceFields =
  /^Return-Path: [^\r]*\r\nReceived: (?:[^\r]|\r\n[\t ])*\r\n(?:Authentication-Results: (?:[^\r]|\r\n[\t ])*\r\n)?/;

/** The peer's octets, behind our own trace fields. */
export function behindTrace(octets: string): string {
  assert.match(octets, traceFields);
  return octets.replace(traceFields, '');
}
