import { randomBytes } from 'node:crypto';
import type { Keyring } from '../../delivery/crypto/keyring.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import { exportZoneKey, generateZoneKey, importZoneKey, type ZoneKey } from '../dnssec/keys.ts';
import { type Advance, advance, type KeyEvidence, type WantedKey } from '../dnssec/rollover.ts';
import { addKey, type KeptKey, type MadeKey, type ZoneKeys } from '../dnssec/zone-keys.ts';
import { policyOf, type ZoneRecord } from './zone-record.ts';

/** Keys asked for by one `advance` are there at the next: two turns do, one more costs nothing. */
const mostTurns = 4;

/** A zone's record after its keys were taken as far as they go, and what there is to say of it. */
export interface CaredZone extends Pick<Advance, 'due' | 'events' | 'conditions'> {
  /** The very same when nothing is to be stored. */
  readonly record: ZoneRecord;
}

/** Makes the keys that a zone wants and rolls those that are to be rolled, as far as time and the parent allow. */
export function careForKeys(
  record: ZoneRecord,
  { now, evidence, keyring }: { now: Date; evidence: KeyEvidence; keyring: Pick<Keyring, 'wrap'> },
): CaredZone {
  const policy = policyOf(record);
  const events: Advance['events'][number][] = [];
  let { keys } = record;
  for (let turn = 0; ; turn += 1) {
    const step = advance(keys, { now, policy, evidence });
    events.push(...step.events);
    keys = step.keys;
    if (step.wanted.length === 0 || turn === mostTurns) {
      const same = keys === record.keys;
      return { ...step, events, record: same ? record : { ...record, keys } };
    }
    for (const wanted of step.wanted) keys = addKey(keys, makeKey(wanted, keys, keyring), now);
  }
}

function makeKey(
  { role, algorithm }: WantedKey,
  { keys }: ZoneKeys,
  keyring: Pick<Keyring, 'wrap'>,
): MadeKey {
  const taken = keys.map(({ tag }) => tag);
  const key = generateZoneKey(algorithm, role === 'zsk' ? 256 : 257, taken);
  return {
    id: randomBytes(9).toString('base64url'),
    role,
    algorithm,
    tag: key.tag,
    dnskey: Buffer.from(key.dnskey).toString('base64'),
    privateKey: Buffer.from(keyring.wrap(exportZoneKey(key))).toString('base64'),
  };
}

/** The key ready to sign. Throws `internal` when it was wrapped by an instance key that is not here, or is damaged. */
export function openZoneKey(key: KeptKey, keyring: Pick<Keyring, 'unwrap'>): ZoneKey {
  const octets = keyring.unwrap(Buffer.from(key.privateKey, 'base64'));
  const dnskey = Buffer.from(key.dnskey, 'base64');
  const opened = importZoneKey({
    algorithm: key.algorithm,
    flags: key.role === 'zsk' ? 256 : 257,
    octets,
    dnskey,
  });
  if (opened.tag !== key.tag)
    throw new DeliveryError('internal', `DNSKEY of key ${key.id} is damaged: it has another tag`);
  return opened;
}
