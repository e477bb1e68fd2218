import { armor } from '../../delivery/crypto/armor.ts';
import { decrypt } from '../../delivery/crypto/decrypt.ts';
import { deliveredKeys } from '../../delivery/crypto/delivered-keys.ts';
import type { Decrypted } from '../../delivery/crypto/findings.ts';
import { readPublicKeys } from '../../delivery/crypto/keys.ts';
import { unseenSession } from '../../delivery/delivery.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import type { Message } from '../../delivery/message/shape.ts';
import { messageFacts } from '../../delivery/privacy/collect.ts';
import type { PrivacyReport } from '../wire.ts';
import type { KeyHolder } from './key-holder.ts';
import type { OpenAnswer, SenderKey } from './protocol.ts';
import { shownMail } from './shown-mail.ts';
import { closedFor, failureOf, keyIdsOf, nothingToOpen, ownerOf, unseal } from './unseal.ts';

/** One message to be opened, and how keys of addresses are come by. */
export interface Opening {
  readonly octets: Uint8Array;
  /** The outermost layer is the seal of our own server; of nobody else's message is that believed. */
  readonly isSealed: boolean;
  readonly receivedAt: Date;
  senderKeys(addresses: readonly string[]): Promise<readonly SenderKey[]>;
}

/**
 * Opens a message on the owner's device: first our own seal, then what its sender encrypted. By the very code that
 * judges mail on the server, so a message is worth the same wherever it is opened; plaintext is given out only when
 * its integrity holds, and only when the whole message is encrypted (Efail).
 */
export async function openMail(opening: Opening, keys: KeyHolder): Promise<OpenAnswer> {
  const stored = parseMessage(opening.octets);
  const unsealed = opening.isSealed ? await unseal(stored, opening, keys) : { message: stored };
  if ('failure' in unsealed) return unsealed;
  const original = unsealed.message;
  const refusal = closedFor(original, keys);
  if (refusal) return { ...refusal, isInside: opening.isSealed };
  // Asked for are only those whom the server has read outside already.
  const publicKeys = await opening.senderKeys(addressesOf(stored));
  const decrypted = await decrypt(original, ownerOf(keys, publicKeys, opening.receivedAt));
  const { findings, content } = decrypted;
  if (findings.failure !== null && findings.form !== 'smime') {
    return { failure: failureOf(findings), keyIds: keyIdsOf(original), isInside: opening.isSealed };
  }
  if (!opening.isSealed && findings.encryption === 'none') return nothingToOpen;
  return {
    mail: {
      ...shownMail(content ?? original),
      source: new Blob([Uint8Array.from(original.raw)], { type: 'application/octet-stream' }),
      facts: factsOf(original, decrypted),
      signer: findings.signer,
      signerArmor: await broughtKey([original, content], findings.signer?.fingerprint),
      form: findings.form,
    },
  };
}

async function broughtKey(
  messages: readonly (Message | null)[],
  fingerprint: string | null | undefined,
): Promise<string | null> {
  if (!fingerprint) return null;
  for (const octets of messages.flatMap(message => (message ? deliveredKeys(message) : []))) {
    const keys = await readPublicKeys(octets).catch(() => []);
    const found = keys.find(key => key.getFingerprint().toLowerCase() === fingerprint);
    if (found) return armor('PUBLIC KEY BLOCK', found.write());
  }
  return null;
}

/** More addresses are not asked for. */
const maxAddresses = 50;

/** The author first: it is the author's key that counts. */
function addressesOf({ originators, destinations }: Message): string[] {
  const mailboxes = [...originators.from, ...originators.sender, ...destinations.to, ...destinations.cc];
  const addresses = mailboxes.map(({ address }) => address).filter(address => address.includes('@'));
  return [...new Set(addresses)].slice(0, maxAddresses);
}

/** What a device may report, by the tables of the index; nobody here knows how the message came. */
function factsOf(original: Message, { findings, content }: Decrypted): PrivacyReport['facts'] {
  const facts = messageFacts({
    session: unseenSession,
    message: content ?? original,
    outer: original,
    authentication: null,
    decrypt: findings,
    harmful: false,
    participants: [],
    contacts: [],
    habit: null,
    custody: 'client',
    storage: 'sealed',
  });
  const known = reportable.filter(id => facts[id] !== undefined && facts[id] !== 'unknown');
  // The words are those of the table's rows, which the report's are taken from.
  return Object.fromEntries(known.map(id => [id, facts[id]])) as PrivacyReport['facts'];
}

const reportable = ['signature', 'tracking', 'remoteContent', 'subject'] as const;
