import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { type AcmeAccount, openAccount } from './client.ts';
import { type AcmeConnection, parseObject } from './connection.ts';
import { type RecordDeps, readSecret, writeSecret } from './record.ts';

const document = 'acme account';

/**
 * The instance's account at this server, made at the first time; only who holds the order book may call it. The key is
 * kept before the server sees it, so that a crash in between leaves no account behind. Throws `acmeError`.
 */
export async function instanceAccount(
  connection: AcmeConnection,
  { directory, email }: { readonly directory: string; readonly email: string },
  deps: RecordDeps,
): Promise<AcmeAccount> {
  const secret = await readSecret(document, deps);
  const known = parseObject(secret?.text ?? '');
  const isOurs = known.directory === directory && typeof known.key === 'string';
  const key = isOurs ? createPrivateKey(String(known.key)) : newKey();
  if (!isOurs || secret?.isOutdated) {
    const text = String(key.export({ type: 'pkcs8', format: 'pem' }));
    await writeSecret(document, JSON.stringify({ directory, key: text }), deps);
  }
  return openAccount(connection, { key, email });
}

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}
