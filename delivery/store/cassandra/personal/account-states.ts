import { DeliveryError } from '../../../errors.ts';
import type { AccountStates } from '../../store.ts';

/** States of accounts. */
export function statePart(): AccountStates {
  const refuse = async (): Promise<never> => {
    throw new DeliveryError('storeUnavailable', 'states of accounts are not kept here yet');
  };
  return { getAccountState: refuse, putAccountState: refuse };
}
