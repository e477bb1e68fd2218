import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ended, Namespace } from './namespace.ts';

/** What a program that looks for keys found. */
export interface Located {
  /** Of the primary key; null when nothing was found. */
  readonly fingerprint: string | null;
  readonly userIds: readonly string[];
  /** What the program said, for a failing test's words. */
  readonly text: string;
}

/** Looks for an address with gpg in a new home, by DANE or the Web Key Directory alone. */
export function gpgLocate(
  namespace: Namespace,
  address: string,
  mechanism: 'dane' | 'wkd',
): Promise<Located> {
  return withGpgHome(namespace, async gpg => {
    const mechanisms = mechanism === 'dane' ? 'clear,dane' : 'clear,nodefault,wkd';
    const words = ['--with-colons', '--auto-key-locate', mechanisms, '--locate-keys', address];
    return readColons(await gpg(words));
  });
}

/** What the octets of a key hold, as a new gpg reads them. */
export function gpgShow(namespace: Namespace, key: Uint8Array): Promise<Located> {
  return withGpgHome(namespace, async gpg => {
    return readColons(await gpg(['--with-colons', '--show-keys'], key));
  });
}

/** A real key of gpg's making with these user ids, Curve25519 or RSA of 4,096 bits; binary, public part alone. */
export function gpgMakeKey(
  namespace: Namespace,
  userIds: readonly [string, ...string[]],
  algorithm: 'future-default' | 'rsa4096' = 'future-default',
): Promise<{ fingerprint: string; octets: Buffer }> {
  return withGpgHome(namespace, async gpg => {
    const [first, ...others] = userIds;
    await gpg(['--passphrase', '', '--quick-generate-key', first, algorithm, 'default', 'never']);
    const { fingerprint } = readColons(await gpg(['--with-colons', '--list-keys']));
    if (fingerprint === null) throw new Error('gpg made no key');
    if (algorithm === 'rsa4096') {
      // With an algorithm of one's own choice gpg makes the primary key alone.
      await gpg(['--passphrase', '', '--quick-add-key', fingerprint, algorithm, 'encr', 'never']);
    }
    for (const other of others) await gpg(['--passphrase', '', '--quick-add-uid', fingerprint, other]);
    const { output } = await gpg(['--export', fingerprint]);
    return { fingerprint, octets: output };
  });
}

/** `openpgpkey --fetch --uid` of hash-slinger; checks DNSSEC itself from the anchor on. */
export async function hashSlingerFetch(
  namespace: Namespace,
  { address, userId = address, anchorFile }: { address: string; userId?: string; anchorFile: string },
): Promise<Located> {
  const words = ['--rootanchor', anchorFile, '--fetch', '--uid', userId, address];
  const fetched = await hashSlinger(namespace, words, null);
  const armored = fetched.stdout.match(/-----BEGIN PGP[\s\S]*-----END PGP PUBLIC KEY BLOCK-----/)?.[0];
  if (fetched.code !== 0 || !armored) return { fingerprint: null, userIds: [], text: textOf(fetched) };
  return gpgShow(namespace, Buffer.from(armored));
}

/** `openpgpkey --verify` with a keyring that holds `key`: whether what DNS gives is in it, and DNSSEC holds. */
export async function hashSlingerVerify(
  namespace: Namespace,
  { address, key, anchorFile }: { address: string; key: Uint8Array; anchorFile: string },
): Promise<{ isAccepted: boolean; text: string }> {
  const verified = await hashSlinger(namespace, ['--rootanchor', anchorFile, '--verify', address], key);
  return {
    isAccepted: verified.code === 0 && /^All OPENPGPKEY records matched/m.test(verified.stdout),
    text: textOf(verified),
  };
}

/** `sq wkd get`. */
export async function sqWkdGet(namespace: Namespace, address: string): Promise<Located> {
  const home = namespace.newFolder('sq');
  const got = await namespace.run(['sq', 'wkd', 'get', '--binary', address], { environment: { HOME: home } });
  if (got.code !== 0) return { fingerprint: null, userIds: [], text: textOf(got) };
  return gpgShow(namespace, got.output);
}

type RunGpg = (words: readonly string[], input?: Uint8Array) => Promise<Ended>;

/** A home of its own, whose dirmngr asks the system's resolver; its daemons end with it. */
async function withGpgHome<T>(
  namespace: Namespace,
  work: (gpg: RunGpg, home: string) => Promise<T>,
): Promise<T> {
  const home = namespace.newFolder('g');
  writeFileSync(join(home, 'dirmngr.conf'), 'standard-resolver\n');
  const words = ['gpg', '--homedir', home, '--batch', '--yes', '--no-tty', '--pinentry-mode', 'loopback'];
  try {
    return await work((more, input) => namespace.run([...words, ...more], input ? { input } : {}), home);
  } finally {
    await namespace.run(['gpgconf', '--homedir', home, '--kill', 'all']);
  }
}

/**
 * hash-slinger leaves a folder in /tmp behind, whatever TMPDIR says: a folder of ours covers /tmp for it, which holds
 * the keyring that it compares with, too.
 */
async function hashSlinger(
  namespace: Namespace,
  words: readonly string[],
  key: Uint8Array | null,
): Promise<Ended> {
  const folder = namespace.newFolder('hash');
  const script = [
    'cp "$2" "$1/anchor" && mount --bind "$1" /tmp && mkdir -m 700 /tmp/home && export GNUPGHOME=/tmp/home HOME=/tmp',
    '[ "$3" = none ] || gpg --batch --quiet --import || exit 9',
    'shift 3; openpgpkey --rootanchor /tmp/anchor "$@"; code=$?',
    'gpgconf --kill all; exit $code',
  ].join('\n');
  const [, anchorFile = '', ...rest] = words;
  const head = ['unshare', '--mount', 'sh', '-c', script, 'sh', folder, anchorFile, key ? 'key' : 'none'];
  return namespace.run([...head, ...rest], {
    environment: { TMPDIR: '/tmp' },
    ...(key ? { input: key } : {}),
  });
}

function readColons(ended: Ended): Located {
  const rows = ended.stdout.split('\n').map(line => line.split(':'));
  return {
    fingerprint: rows.find(([kind]) => kind === 'fpr')?.[9] ?? null,
    // Octets beyond ASCII and colons are told as \xHH.
    userIds: rows.filter(([kind]) => kind === 'uid').map(row => unescaped(row[9] ?? '')),
    text: textOf(ended),
  };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\x([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function textOf({ code, stdout, stderr }: Ended): string {
  return `ended with ${code}\n${stderr}${stdout}`;
}
