import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { SettingKey } from '../../../delivery/config.ts';
import { armor } from '../../../delivery/crypto/armor.ts';
import { loadOpenPgp } from '../../../delivery/crypto/openpgp.ts';
import type { Parts } from '../../../delivery/open.ts';
import { encryptPackets, packetBombs } from '../../fixtures/hostile/openpgp.ts';
import type { Backend } from '../../support/backend.ts';
import { openTestParts, startDoor } from '../../support/door-process.ts';
import { greetDoor, type MailDoor, sendMail } from '../../support/mail-client.ts';
import { forgetPeak, memoryOf, peakMemoryOf } from '../../support/memory.ts';
import { encryptedMessage, makePerson, type Person } from '../../support/openpgp-mail.ts';
import { processorSeconds } from '../../support/processes.ts';
import type { Dialogue } from '../../support/smtp-dialogue.ts';
import { behindTrace } from '../../support/stored.ts';

/** What one message may cost the process that takes it. */
const maxSeconds = 2;
const maxOctets = 256 * 1024 * 1024;

/** What one message did. */
export interface Assessed {
  readonly name: string;
  readonly door: MailDoor['name'];
  /** Processor time of the whole process. */
  readonly seconds: number;
  /** How far the memory of the process grew at most. */
  readonly octets: number;
  /** What is wrong; empty when nothing is. */
  readonly faults: readonly string[];
}

/** An owner without keys for each door: what both had would be stored once. */
const plainAddresses = { smtp: 'smtp@example.org', lmtp: 'lmtp@example.org' } as const;
const keyAddress = 'keys@example.org';

/** A server that hostile mail is sent to, by the door that is asked for. */
export interface HostileTarget {
  readonly parts: Parts;
  /** The owner whose key opens mail on arrival. */
  readonly keyOwner: Person;
  readonly ports: Readonly<Record<MailDoor['name'], number>>;
  /** Sends the message, and measures the door's process until it has answered. */
  assess(name: string, octets: Buffer, to: { door: MailDoor['name']; address?: string }): Promise<Assessed>;
}

/** Both doors on a store of their own, with an owner without keys and one whose key the server holds. */
export async function openHostileTarget(
  t: TestContext,
  backend: Backend,
  settings: Partial<Record<SettingKey, unknown>> = {},
): Promise<HostileTarget> {
  const config = await backend.prepare(t, settings);
  const parts = await openTestParts(t, config, [
    ...Object.values(plainAddresses).map(address => ({ address })),
    { address: keyAddress, custody: 'server' },
  ]);
  const keyOwner = await giveKey(parts);
  const [smtp, lmtp] = await Promise.all([startDoor(t, 'smtp', config), startDoor(t, 'lmtp', config)]);
  const processes = { smtp: smtp.process.pid ?? 0, lmtp: lmtp.process.pid ?? 0 };
  const ports = { smtp: smtp.ports.smtp ?? 0, lmtp: lmtp.ports.lmtp ?? 0 };
  const peers = {
    smtp: await greetDoor({ name: 'smtp', port: ports.smtp }),
    lmtp: await greetDoor({ name: 'lmtp', port: ports.lmtp }),
  };
  for (const door of ['smtp', 'lmtp'] as const) {
    // What a process does once, at its first message, is no message's cost.
    const first = Buffer.from('Subject: first\r\n\r\ntext\r\n');
    for (const address of [plainAddresses[door], keyAddress])
      await deliver(peers[door], { door, address, octets: first });
  }
  return {
    parts,
    keyOwner,
    ports,
    async assess(name, made, { door, address = plainAddresses[door] }) {
      const octets = made.subarray(-2).equals(Buffer.from('\r\n'))
        ? made
        : Buffer.concat([made, Buffer.from('\r\n')]);
      const id = processes[door];
      const before = { seconds: processorSeconds(id), octets: memoryOf(id) };
      forgetPeak(id);
      const reply = await deliver(peers[door], { door, address, octets });
      const seconds = processorSeconds(id) - before.seconds;
      const grown = peakMemoryOf(id) - before.octets;
      const faults = [
        ...(seconds > maxSeconds ? [`${seconds} s`] : []),
        ...(grown > maxOctets ? [`${Math.round(grown / 1024 / 1024)} MB`] : []),
        ...(reply.startsWith('250') ? await whatIsWrong(parts, address, octets) : [`answered ${reply}`]),
      ];
      return { name, door, seconds, octets: grown, faults };
    },
  };
}

async function giveKey(parts: Parts): Promise<Person> {
  const account = await parts.store.getAccountByAddress(keyAddress);
  assert.ok(account);
  const person = await makePerson(keyAddress);
  const { fingerprint, privateKey } = person.key;
  const wrapped = parts.keyring.wrap(privateKey);
  await parts.store.putPublicKey(account.id, person.known('own'));
  await parts.store.putPrivateKey(account.id, {
    fingerprint,
    custody: 'server',
    wrapped,
    createdAt: new Date(),
  });
  return person;
}

async function deliver(
  peer: Dialogue,
  { door, address, octets }: { door: MailDoor['name']; address: string; octets: Buffer },
): Promise<string> {
  const replies = await sendMail(peer, { name: door, port: 0 }, { forwardPaths: [address], octets });
  return replies.join('');
}

/** The newest message of the account must be this one, octet for octet, and every stage must have judged it. */
async function whatIsWrong({ store }: Parts, address: string, octets: Buffer): Promise<string[]> {
  const account = await store.getAccountByAddress(address);
  assert.ok(account);
  const sort = [{ key: 'receivedAt', ascending: false }] as const;
  const { rows } = await store.queryEmails(account.id, { filter: null, sort, limit: 1 });
  const [email] = await store.getEmails(
    account.id,
    rows.map(({ id }) => id),
  );
  const stored = email && (await store.getOctets(account.id, email.id));
  if (!email || !stored) return ['not stored'];
  const text = Buffer.from(stored).toString('latin1');
  return [
    ...(behindTrace(text) === octets.toString('latin1') ? [] : ['not stored as received']),
    ...email.findings.failed.map(stage => `${stage} failed`),
  ];
}

/** Mail to the owner whose key the server holds: packets that cost much, in the clear and encrypted to that key. */
export async function openPgpBombs(owner: Person): Promise<Record<string, Buffer>> {
  const openpgp = await loadOpenPgp();
  const key = await openpgp.readKey({ binaryKey: Uint8Array.from(owner.key.publicKey) });
  const wrap = (data: Uint8Array): Promise<Uint8Array> =>
    openpgp.encryptSessionKey({ data, algorithm: 'aes256', encryptionKeys: [key], format: 'binary' });
  const mail: Record<string, Buffer> = {};
  for (const [name, make] of Object.entries(packetBombs)) {
    const packets = make();
    mail[`${name}, in the clear`] = messageOf(packets);
    mail[`${name}, encrypted`] = messageOf(await encryptPackets(packets, wrap));
  }
  return mail;
}

function messageOf(packets: Uint8Array): Buffer {
  return Buffer.from(encryptedMessage('zoe@example.net', armor('MESSAGE', packets)));
}

export const addressWithKey = keyAddress;

/** A message that one door of the target shall judge. */
export interface Hostile {
  readonly name: string;
  readonly door: MailDoor['name'];
  readonly make: () => Buffer;
}

/** Sends all of it, one after the other; gives what each cost. */
export async function assessAll(target: HostileTarget, mail: readonly Hostile[]): Promise<Assessed[]> {
  const assessed: Assessed[] = [];
  for (const { name, door, make } of mail) assessed.push(await target.assess(name, make(), { door }));
  return assessed;
}

/** What is wrong, one line each. */
export function faultsOf(assessed: readonly Assessed[]): string[] {
  return assessed.flatMap(({ name, door, faults }) => faults.map(fault => `${name} at ${door}: ${fault}`));
}

/** The dearest few, as a line each. */
export function dearest(assessed: readonly Assessed[]): string[] {
  return [...assessed]
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, 8)
    .map(
      ({ name, door, seconds, octets }) =>
        `${seconds.toFixed(2)} s, ${Math.round(octets / 1024 / 1024)} MB: ${name} at ${door}`,
    );
}
