import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asDeliveryError, DeliveryError } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';
import { monthOf } from './fading.ts';
import { emptyModel, type Model } from './model.ts';
import { readModel, writeModel } from './model-format.ts';

/*
 * The instance's model is one file in the data folder, so that `caliopen spam learn` teaches a running instance
 * without an account or a server: every process and judge thread reads the file again when its time or size changes.
 * This file and `bin/spam.ts` are the only ones here that touch a disk.
 */

/**
 * Where the model of a data folder is: `spam.model`, which judges mail; models learned with options of their own, to
 * try something, lie beside it (`spam.only-content-links.no-prior.model`) and judge nothing else.
 */
export function modelPath(folder: string, variant: { only?: string; prior?: boolean } = {}): string {
  const only = variant.only
    ? `.only-${variant.only
        .split(/[\s,]+/)
        .sort()
        .join('-')}`
    : '';
  return join(folder, `spam${only}${variant.prior === false ? '.no-prior' : ''}.model`);
}

/**
 * Gives the current model of a data folder: the file's, or one with nothing but the prior while there is none. A file
 * that can't be read is logged once and the model before it goes on. The model is for judging only: what learning and
 * unlearning need is left out, take `loadModel` for these.
 */
export function openModel(folder: string, { log }: { log: Log } = { log: silentLog }): () => Promise<Model> {
  const path = modelPath(folder);
  let current: Model | null = null;
  let seen = '';
  return async () => {
    const stamp = stampOf(path);
    if (current && stamp === seen) return current;
    seen = stamp;
    current = (stamp ? tryRead(path, log) : null) ?? current ?? emptyModel();
    return current;
  };
}

/** Changes with every write; empty when there is no file. */
function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.ino}:${stat.mtimeNs}:${stat.size}` : '';
}

function tryRead(path: string, log: Log): Model | null {
  try {
    return { ...readModel(readFileSync(path)), learned: new Map(), kept: new Uint8Array(0) };
  } catch (error) {
    // Judging goes on with the model before: a damaged file must not hold up mail.
    log.error({ path, cause: String(error) }, 'spamModelUnreadable');
    return null;
  }
}

/**
 * The model in a file, null when there is none. One that knows no month was learned when it was written last. Throws
 * `badInput`, with the path and what to do, when it is damaged.
 */
export function loadModel(path: string): Model | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return null;
  const octets = readFileSync(path);
  try {
    return readModel(octets, monthOf(stat.mtime));
  } catch (cause) {
    const { code, message } = asDeliveryError(cause);
    const help = 'put back a copy, or move the file away and learn again';
    throw new DeliveryError(code, `${path}: ${message}; ${help}`, { cause });
  }
}

/**
 * Writes a model so that a reader sees the old one or the new one, never half of either; mode 0600. Throws `internal`,
 * and the old one stays, for a model that must not be written.
 */
export function saveModel(path: string, model: Model): void {
  const octets = writeModel(model);
  const draft = `${path}.${process.pid}.new`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(file, octets);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
