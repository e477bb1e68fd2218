import { authservIdOf, isForgedResults } from './authenticate/authserv-id.ts';
import type { Message } from './message/shape.ts';
import type { Email } from './store/store.ts';

/**
 * A stored message as it may be shown: without Authentication-Results that pretend to be those of this host
 * (RFC 8601 §5). Ours stand in the trace fields in front of what the peer sent; the octets stay as they are.
 */
export function shownMessage(stored: Message, email: Pick<Email, 'findings'> | null): Message {
  const { authentication = null, traceOctets = 0 } = email?.findings ?? {};
  const ours = authentication && authservIdOf(authentication.authenticationResults);
  if (!ours || traceOctets === 0) return stored;
  const fields = stored.root.fields.filter(
    field => field.start < traceOctets || !isForgedResults(field, ours),
  );
  if (fields.length === stored.root.fields.length) return stored;
  return { ...stored, root: { ...stored.root, fields } };
}
