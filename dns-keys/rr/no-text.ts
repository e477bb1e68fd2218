import { WireError } from '../wire-error.ts';

/** For types that live in messages alone: no zone file has a form for them but `\#` of RFC 3597 §5. */
export function noText(): never {
  throw new WireError('this type has no presentation form');
}
