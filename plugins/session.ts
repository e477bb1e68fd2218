import type { Arrival, Recipient, Session } from '../delivery/delivery.ts';
import { doorNotes } from './notes.ts';

/** Words Haraka puts where it found no name. */
const noNames: ReadonlySet<string | null> = new Set([null, '', 'NXDOMAIN', 'DNSERROR', 'Unknown']);

/** The live evidence of an SMTP connection. */
export function sessionOf(connection: HarakaConnection): Session {
  const { remote, hello, tls, notes } = connection;
  const cipher = tls.cipher.standardName ?? tls.cipher.name ?? null;
  return {
    source: 'live',
    remoteAddress: remote.ip,
    remoteName: noNames.has(remote.host) ? null : remote.host,
    helo: hello.host,
    tls: tls.enabled ? { version: tls.cipher.version ?? null, cipher } : null,
    authenticatedUser: typeof notes.auth_user === 'string' ? notes.auth_user : null,
  };
}

/** The addr-spec as the peer gave it; the bare local part of `<postmaster>`. */
export function pathOf(address: HarakaAddress): string {
  if (address.isNull()) return '';
  return address.host ? address.address : address.user;
}

/** The message of this transaction as the line takes it. */
export function arrivalOf(
  connection: HarakaConnection,
  transaction: HarakaTransaction,
  message: { octets: Uint8Array; recipients: readonly Recipient[]; receivedAt: Date },
): Arrival {
  const session = sessionOf(connection);
  return {
    door: 'smtp',
    id: transaction.uuid,
    protocol: protocolOf(connection, { session, isUtf8: doorNotes(transaction).isUtf8 }),
    raw: message.octets,
    reversePath: pathOf(transaction.mail_from),
    session,
    receivedAt: message.receivedAt,
    recipients: message.recipients,
    trustedHops: 0,
  };
}

/** RFC 3848, RFC 6531 §4.3. */
function protocolOf(
  { hello }: HarakaConnection,
  { session, isUtf8 }: { session: Session; isUtf8: boolean },
): string {
  if (hello.verb === 'HELO') return 'SMTP';
  return `${isUtf8 ? 'UTF8SMTP' : 'ESMTP'}${session.tls ? 'S' : ''}${session.authenticatedUser ? 'A' : ''}`;
}
