import { createPrivateKey, X509Certificate } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { DeliveryError } from './errors.ts';

/** A certificate chain and its private key, as PEM and as files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly isSelfMade: boolean;
}

const daysValid = 3650;
const renewBeforeMilliseconds = 30 * 86_400_000;

/**
 * The certificate of `tls.certificateFile` and `tls.keyFile`, else the self-made one in the data folder (key file
 * mode 0600), made when there is none, when it ends within a month, or when the host has another name now.
 * Throws `badSettings` when a named file can't be read or key and certificate do not belong together.
 */
export async function openCertificate(
  config: Pick<Config, 'data' | 'hostname' | 'tls.certificateFile' | 'tls.keyFile'>,
  { clock }: { clock: Clock } = { clock: systemClock },
): Promise<Certificate> {
  const { 'tls.certificateFile': certificateFile, 'tls.keyFile': keyFile } = config;
  if (certificateFile || keyFile) return readGiven(certificateFile, keyFile);
  const folder = join(config.data, 'tls');
  const known = readSelfMade(folder);
  if (known && isGoodFor(known, config.hostname, clock.now())) return known;
  return makeSelfMade(folder, { config, clock, known });
}

function readGiven(certificateFile: string, keyFile: string): Certificate {
  try {
    if (!certificateFile || !keyFile) throw new Error('one of them is not set; set both or neither');
    const certificate = readFileSync(certificateFile, 'utf8');
    const key = readFileSync(keyFile, 'utf8');
    if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) {
      throw new Error('the key is not the one of the certificate');
    }
    return { certificate, key, certificateFile, keyFile, isSelfMade: false };
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new DeliveryError('badSettings', `tls.certificateFile and tls.keyFile: ${detail}`, { cause });
  }
}

/** Key and certificate stand in one file, so that no process ever reads the halves of two pairs. */
function readSelfMade(folder: string): Certificate | null {
  const file = join(folder, 'self-made.pem');
  try {
    const pem = readFileSync(file, 'utf8');
    const at = pem.indexOf('-----BEGIN CERTIFICATE-----');
    const [key, certificate] = [pem.slice(0, at), pem.slice(at)];
    return { key, certificate, certificateFile: file, keyFile: file, isSelfMade: true };
  } catch {
    return null; // None yet: the caller makes one.
  }
}

function isGoodFor({ certificate, key }: Certificate, hostname: string, now: Date): boolean {
  try {
    const parsed = new X509Certificate(certificate);
    const ends = Date.parse(parsed.validTo);
    return (
      ends - now.getTime() > renewBeforeMilliseconds &&
      parsed.checkHost(hostname) !== undefined &&
      parsed.checkPrivateKey(createPrivateKey(key))
    );
  } catch {
    return false; // A damaged file is replaced.
  }
}

async function makeSelfMade(
  folder: string,
  { config, clock, known }: { config: Pick<Config, 'hostname'>; clock: Clock; known: Certificate | null },
): Promise<Certificate> {
  const now = clock.now();
  const made = await generate([{ name: 'commonName', value: config.hostname.slice(0, 64) }], {
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - 86_400_000),
    notAfterDate: new Date(now.getTime() + daysValid * 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: [{ type: 2, value: config.hostname }] },
    ],
  });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'self-made.pem');
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${made.private.trim()}\n${made.cert.trim()}\n`, { mode: 0o600 });
  if (known) rmSync(file, { force: true });
  try {
    linkSync(fresh, file);
  } catch (error) {
    // Another door of this host was first: its certificate is as good.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  const read = readSelfMade(folder);
  if (!read) throw new DeliveryError('internal', `the certificate in ${folder} can't be read back`);
  return read;
}
