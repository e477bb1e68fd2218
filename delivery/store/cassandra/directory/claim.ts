import { DeliveryError } from '../../../errors.ts';
import type { ParsedAddress } from '../../address.ts';
import { randomText } from '../../ids.ts';
import type { CassandraContext } from '../context.ts';
import {
  type AddressClaim,
  type AddressRecord,
  findAddress,
  freeAddress,
  listAddress,
  tryAddress,
  unlistAddress,
} from './address-row.ts';
import { settleMaking } from './making-end.ts';

/** Tries, where what is left of accounts that were never made is in the way. */
const maxTries = 3;

/**
 * Claims an address for an account and lists it; throws `alreadyExists` when another one has it. What is left of an
 * account that is not there any more is taken over.
 */
export async function claimAddress(
  context: CassandraContext,
  parsed: ParsedAddress,
  { account, kind }: { account: string; kind: AddressRecord['kind'] },
): Promise<void> {
  const { session } = context;
  const wanted: AddressClaim = { parsed, account, kind, claim: randomText(16) };
  for (let tries = 1; ; tries++) {
    const holder = await tryAddress(session, wanted);
    const record = await findAddress(session, parsed.key);
    if (holder === null && record?.claim === wanted.claim) return await listAddress(session, record);
    if (holder !== null && !(await isLeftOver(context, record))) throw taken(parsed.address);
    if (tries === maxTries) throw new DeliveryError('storeUnavailable', 'an address changes hands too often');
  }
}

/** Whether the address is nobody's any more; frees it then. */
async function isLeftOver(context: CassandraContext, record: AddressRecord | undefined): Promise<boolean> {
  const { session } = context;
  if (!record) return true;
  const making = await settleMaking(context, record.account);
  if (making === 'gone') {
    await unlistAddress(session, record);
    await freeAddress(session, record.key, record.account);
    return true;
  }
  // Whoever claimed this alias may not have come to listing it. An account lists its own before it is there.
  if (making === 'there' && record.kind === 'alias') await listAddress(session, record);
  return false;
}

/** What is thrown where an address is another's. */
export function taken(address: string): DeliveryError {
  return new DeliveryError('alreadyExists', 'already exists', { fields: { address } });
}
