import type { WireReader } from '../wire.ts';
import { WireError } from '../wire-error.ts';

/** What is left, one octet at least; `what` names it for the error. */
export function someRest(reader: WireReader, what: string): Uint8Array {
  if (reader.left === 0) throw new WireError(`${what} is empty`);
  return reader.rest();
}
