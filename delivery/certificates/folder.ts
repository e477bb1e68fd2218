import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { DeliveryError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type CertificatePair, isCurrent, keysOf, readPair } from './pair.ts';

/** Two files that belong together, or one that holds both. */
interface Candidate {
  readonly certificateFile: string;
  readonly keyFile: string;
}

interface Known {
  /** Changes when one of the files does. */
  readonly signature: string;
  /** What is shown: while new files are broken, what the files before them held. */
  readonly pair: CertificatePair | null;
  readonly fault: string | null;
  /** How often the files were found like this before. */
  readonly looks: number;
  readonly isTold: boolean;
}

/** Looking takes at most one fiftieth of the time, however many files there are. */
const restFactor = 50;

/**
 * The certificates of a folder, found by server name. Each entry is a folder with `fullchain.pem` and `privkey.pem`,
 * a pair `NAME.crt` and `NAME.key`, or `NAME.pem` with both; the names are those of the certificates. A broken or
 * expired one is logged, and the others go on.
 */
export class CertificateFolder {
  readonly #folder: string;
  readonly #deps: { readonly clock: Clock; readonly log: Log };
  #known = new Map<string, Known>();
  #byName = new Map<string, CertificatePair>();
  #isLost = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, deps: { clock: Clock; log: Log }) {
    this.#folder = folder;
    this.#deps = deps;
  }

  /** Reads the folder for the first time. Throws `badSettings` when it can't be read. */
  async open(): Promise<void> {
    await checkCertificateFolder(this.#folder);
    await this.scan();
  }

  /** Looks again every so often, until `close`. */
  watch(everyMilliseconds = 5000): void {
    let took = 0;
    const plan = () => {
      this.#timer = setTimeout(look, Math.max(everyMilliseconds, took * restFactor)).unref();
    };
    const look = async () => {
      const started = performance.now();
      const timer = this.#timer;
      await this.scan();
      took = performance.now() - started;
      if (this.#timer === timer) plan();
    };
    plan();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** How many names can be found. */
  get nameCount(): number {
    return this.#byName.size;
  }

  /** The pair for a server name, by its name or by a wildcard; null when the folder holds none that is valid now. */
  find(serverName: string): CertificatePair | null {
    const now = this.#deps.clock.now();
    for (const key of keysOf(serverName)) {
      const pair = this.#byName.get(key);
      if (pair && isCurrent(pair, now)) return pair;
    }
    return null;
  }

  /** Reads what has changed since the last time. Never throws: what can't be read is logged. */
  async scan(): Promise<void> {
    const candidates = await this.#list();
    if (!candidates) return;
    const before = this.#known;
    this.#known = new Map();
    for (const candidate of candidates) {
      const name = candidate.certificateFile;
      const known = await this.#read(candidate, before.get(name));
      if (known) this.#known.set(name, this.#tell(candidate, known));
    }
    this.#byName = tableOf([...this.#known.values()].flatMap(({ pair }) => pair ?? []));
  }

  async #list(): Promise<Candidate[] | null> {
    try {
      const entries = await readdir(this.#folder);
      this.#isLost = false;
      return entries.sort().map(name => candidateOf(join(this.#folder, name)));
    } catch (error) {
      if (!this.#isLost) {
        const todo = 'let this user read the folder; until then the certificates read before are shown';
        this.#deps.log.error({ folder: this.#folder, reason: textOf(error), todo }, 'certificatesNotRead');
      }
      this.#isLost = true;
      return null;
    }
  }

  /** Null for what is no certificate at all, such as certbot's README or the key of a pair. */
  async #read(candidate: Candidate, before: Known | undefined): Promise<Known | null> {
    const signature = await signatureOf(candidate);
    if (signature === null) return null;
    if (before?.signature === signature) return { ...before, looks: before.looks + 1 };
    try {
      const certificate = await readFile(candidate.certificateFile, 'utf8');
      const key = await readFile(candidate.keyFile, 'utf8');
      return { signature, pair: readPair(certificate, key), fault: null, looks: 0, isTold: false };
    } catch (error) {
      // Whoever renews writes one file after the other: it is told when it is still so at the next look.
      return { signature, pair: before?.pair ?? null, fault: textOf(error), looks: 0, isTold: false };
    }
  }

  #tell({ certificateFile, keyFile }: Candidate, known: Known): Known {
    const { pair, fault, looks, isTold } = known;
    const isExpired = pair !== null && !isCurrent(pair, this.#deps.clock.now());
    const mayBeHalfWritten = fault !== null && pair !== null && looks === 0;
    if (isTold || mayBeHalfWritten || (fault === null && !isExpired)) return known;
    const reason =
      fault ?? `it is valid from ${pair?.notBefore.toISOString()} to ${pair?.notAfter.toISOString()}`;
    const todo = fault
      ? 'give PEM files that this user may read: the chain with the own certificate first, and its key'
      : 'renew it; until then its names are shown the certificate of tls.certificateFile';
    this.#deps.log.error({ certificateFile, keyFile, reason, todo }, 'certificateNotUsed');
    return { ...known, isTold: true };
  }
}

/** Throws `badSettings`, in words for whoever set `tls.folder`, when the folder can't be read. */
export async function checkCertificateFolder(folder: string): Promise<void> {
  try {
    await readdir(folder);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const reason = unreadable[code] ?? textOf(cause);
    const todo =
      'give this user a folder to read there, or set tls.folder to the one that holds the certificates';
    throw new DeliveryError('badSettings', `tls.folder: ${folder}: ${reason}; ${todo}`, { cause });
  }
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is no folder',
  EACCES: 'this user has no right to read it',
};

function candidateOf(path: string): Candidate {
  if (path.endsWith('.crt'))
    return { certificateFile: path, keyFile: `${path.slice(0, -'.crt'.length)}.key` };
  if (path.endsWith('.pem')) return { certificateFile: path, keyFile: path };
  return { certificateFile: join(path, 'fullchain.pem'), keyFile: join(path, 'privkey.pem') };
}

/** Links are followed: certbot's folder is made of them. Null when the certificate is not there. */
async function signatureOf({ certificateFile, keyFile }: Candidate): Promise<string | null> {
  const certificate = await stampOf(certificateFile);
  if (certificate === null) return null;
  return `${certificate} ${certificateFile === keyFile ? '' : await stampOf(keyFile)}`;
}

async function stampOf(file: string): Promise<string | null> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Reading it will say the same, to whoever reads the log.
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : String(code);
  }
}

/** By name; of several for one name the one that is valid longest. */
function tableOf(pairs: readonly CertificatePair[]): Map<string, CertificatePair> {
  const table = new Map<string, CertificatePair>();
  for (const pair of pairs) {
    for (const name of pair.names) {
      const other = table.get(name);
      if (!other || other.notAfter < pair.notAfter) table.set(name, pair);
    }
  }
  return table;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
