import type { AuthenticationFindings, AuthWord } from '../../../delivery/authenticate/findings.ts';
import type { DecryptFindings } from '../../../delivery/crypto/findings.ts';
import type { Session } from '../../../delivery/delivery.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import type { MessageEvidence } from '../../../delivery/privacy/collect.ts';
import { computeIndex } from '../../../delivery/privacy/index.ts';

/** A session over TLS 1.3 from a server elsewhere. */
export const session: Session = {
  source: 'live',
  remoteAddress: '192.0.2.7',
  remoteName: 'mx.friend.example',
  helo: 'mx.friend.example',
  tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
  authenticatedUser: null,
};

/** Authentication with one DMARC result, for friend.example. */
export function authentication(
  result: AuthWord,
  policy: AuthenticationFindings['dmarc']['policy'] = null,
  more: Partial<AuthenticationFindings> = {},
): AuthenticationFindings {
  return {
    spf: { result: 'none', domain: null, aligned: false },
    dkim: [],
    dmarc: { result, policy, domain: 'friend.example' },
    arc: { result: 'none', sealer: null },
    iprev: { result: 'none', name: null },
    hops: [],
    authenticationResults: '',
    ...more,
  };
}

export const notEncrypted: DecryptFindings = {
  form: 'none',
  encryption: 'none',
  signature: 'none',
  noIntegrity: false,
  signer: null,
  subject: 'open',
  opened: false,
  failure: null,
  algorithms: [],
};

export const owner = 'owner@demo.example';
export const friend = 'friend@friend.example';

/** A contact with an index of that value; null when it was not computed. */
export function contact(address: string, value: number | null): MessageEvidence['contacts'][number] {
  const index = value === null ? null : { ...computeIndex('contact', {}), value };
  return { addresses: [`email:${address}`], index };
}

/** A message as text with CRLF line endings. */
export function messageOf(lines: readonly string[]): ReturnType<typeof parseMessage> {
  return parseMessage(Buffer.from(lines.join('\r\n')));
}

/** A plain message from the friend to the owner. */
export const plainLines: readonly string[] = [
  `From: Friend <${friend}>`,
  `To: ${owner}`,
  'Subject: demo',
  'Date: Mon, 6 Jan 2025 10:00:00 +0000',
  'Message-ID: <demo@friend.example>',
  '',
  'See you at noon.',
  '',
];

/** Evidence of a plain message from a friend who is a contact and whose domain confirms the address. */
export function evidence(change: Partial<MessageEvidence> = {}): MessageEvidence {
  return {
    session,
    message: messageOf(plainLines),
    authentication: authentication('pass', 'reject'),
    decrypt: notEncrypted,
    harmful: false,
    participants: [`email:${friend}`],
    ownAddresses: [owner],
    contacts: [contact(friend, 60)],
    habit: 0.25,
    custody: 'open',
    storage: 'clear',
    ...change,
  };
}

/** The same with another message. */
export function evidenceOf(lines: readonly string[], change: Partial<MessageEvidence> = {}): MessageEvidence {
  return evidence({ message: messageOf(lines), participants: [], ...change });
}
