import assert from 'node:assert/strict';
import type { Parts } from '../../delivery/open.ts';
import { hashSecret, makeSecret } from '../../webmail/api/secrets.ts';
import { capabilities, type JmapResponse } from '../../webmail/wire.ts';

/** A JMAP client of one account, which may ask any web door of the instance. */
export interface JmapClient {
  readonly accountId: string;
  /**
   * One request to the door at `port`, every call with the account's id and a call id of `c0`, `c1`, …; the arguments
   * of the answers. Fails when one is answered by an error.
   */
  call(port: number, ...calls: [name: string, args: Record<string, unknown>][]): Promise<Answer[]>;
  ask(port: number, name: string, args: Record<string, unknown>): Promise<Answer>;
}

/** What a call answered. Tests say what they expect of it: members are read without further checks. */
// biome-ignore lint/suspicious/noExplicitAny: an answer is compared, not worked with
export type Answer = any;

/** Gives the account a bearer token and a client that signs in with it, and uses these capabilities. */
export async function openJmapClient(
  { store, keyring }: Pick<Parts, 'store' | 'keyring'>,
  address: string,
  using: readonly string[] = [capabilities.core, capabilities.mail],
): Promise<JmapClient> {
  const account = await store.getAccountByAddress(address);
  assert.ok(account, address);
  const token = makeSecret();
  await store.addSecret({
    accountId: account.id,
    kind: 'bearer',
    hash: hashSecret('bearer', token, keyring),
  });
  const client: JmapClient = {
    accountId: account.id,
    ask: async (port, name, args) => (await client.call(port, [name, args]))[0],
    async call(port, ...calls) {
      const methodCalls = calls.map(([name, args], index) => [
        name,
        { accountId: account.id, ...args },
        `c${index}`,
      ]);
      const response = await fetch(`http://127.0.0.1:${port}/jmap`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ using, methodCalls }),
      });
      assert.equal(response.status, 200, await response.clone().text());
      const { methodResponses } = (await response.json()) as JmapResponse;
      for (const [name, answer] of methodResponses) assert.notEqual(name, 'error', JSON.stringify(answer));
      return methodResponses.map(([, answer]) => answer);
    },
  };
  return client;
}
