import { capabilities, type Invocation, type JmapResponse } from '../../webmail/wire.ts';
import type { Answer } from './jmap-client.ts';

/** Who signs in, and where. */
export interface WebSessionOptions {
  readonly origin: string;
  readonly address: string;
  readonly password: string;
  readonly accountId: string;
}

/** Signs in as the webmail does; gives what answers one call of the session: its name, or `error`, and its arguments. */
export async function openWebSession({
  origin,
  address,
  password,
  accountId,
}: WebSessionOptions): Promise<(name: string, args?: object) => Promise<[name: string, args: Answer]>> {
  const headers = { 'content-type': 'application/json', 'x-caliopen': '1' };
  const body = JSON.stringify({ address, password });
  const signedIn = await fetch(`${origin}/session`, { method: 'POST', headers, body });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  return async (name, args = {}) => {
    const methodCalls = [[name, { accountId, ...args }, 'a']];
    const response = await fetch(`${origin}/jmap`, {
      method: 'POST',
      headers: { ...headers, cookie },
      body: JSON.stringify({ using: Object.values(capabilities), methodCalls }),
    });
    const [answer] = ((await response.json()) as JmapResponse).methodResponses as Invocation[];
    return [answer?.[0] ?? '', answer?.[1]];
  };
}
