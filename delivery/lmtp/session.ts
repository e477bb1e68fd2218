import { readHops, sessionFromTrace } from '../authenticate/hops.ts';
import { type Session, unseenSession } from '../delivery.ts';
import { parseMessage } from '../message/message.ts';

/** XFORWARD attributes by upper-case name; false where the MTA said `[UNAVAILABLE]`. */
export type Forwarded = ReadonlyMap<string, string | number | false>;

/** What is known of the session in which the MTA before us took a message. */
export interface ForwardedEvidence {
  readonly session: Session;
  /** 1 when the topmost Received field is the MTA's own, else 0. */
  readonly trustedHops: number;
}

/** Enough of a message for any header that has a Received field on top. */
const headerOctets = 65_536;

/**
 * The client as XFORWARD names it, else as the MTA's own trace field does; TLS from that trace field in both cases,
 * since XFORWARD doesn't tell it (DESIGN.md, "What the LMTP door knows").
 */
export function forwardedEvidence(
  raw: Uint8Array,
  { forwarded, mtaHostname }: { forwarded: Forwarded; mtaHostname: string },
): ForwardedEvidence {
  const header = parseMessage(raw.subarray(0, headerOctets));
  const traced = sessionFromTrace(header, mtaHostname);
  const isByMta = readHops(header)[0]?.by?.toLowerCase() === mtaHostname.toLowerCase();
  return {
    session: sessionOfForwarded(forwarded, traced) ?? traced ?? unseenSession,
    trustedHops: isByMta ? 1 : 0,
  };
}

function sessionOfForwarded(forwarded: Forwarded, traced: Session | null): Session | null {
  const [address, name, helo] = [
    textOf(forwarded, 'ADDR'),
    textOf(forwarded, 'NAME'),
    textOf(forwarded, 'HELO'),
  ];
  if (address === null && name === null && helo === null) return null;
  return {
    source: 'xforward',
    remoteAddress: address,
    remoteName: name && !/^(unknown|\[.*\])$/i.test(name) ? name : null,
    helo,
    tls: traced?.tls,
    authenticatedUser: traced?.authenticatedUser ?? null,
  };
}

function textOf(forwarded: Forwarded, name: string): string | null {
  const value = forwarded.get(name);
  return typeof value === 'string' && value !== '' ? value : null;
}
