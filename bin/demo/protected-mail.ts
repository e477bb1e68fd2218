import { type DemoMessage, handwrittenHead, lines, messageIdOf, type Writing } from './demo-message.ts';
import type { CorrespondentKey } from './keys.ts';
import { addressOf, type PersonName, people } from './people.ts';
import { drawPng } from './pictures.ts';

/** Mail with OpenPGP: encrypted, signed, both, and one whose signature does not fit. */
export const protectedMail: readonly DemoMessage[] = [
  {
    id: 'signed',
    sender: 'friend',
    recipients: ['serverKey', 'noKey'],
    write: async writing => ({
      raw: await signedMail(writing, {
        id: 'signed',
        sender: 'friend',
        subject: 'Signed, so that you know it is me',
        text: 'Anybody on the way can read this, but nobody can change it without being noticed.',
      }),
    }),
  },
  {
    id: 'altered',
    sender: 'friend',
    recipients: ['serverKey'],
    write: async writing => {
      const raw = await signedMail(writing, {
        id: 'altered',
        sender: 'friend',
        subject: 'Somebody has changed this message',
        text: 'Please pay 10.00 for the teapot.',
      });
      return { raw: raw.replace('10.00', '9010.00') };
    },
  },
  {
    id: 'inline',
    sender: 'friend',
    recipients: ['serverKey'],
    write: async writing => ({
      raw:
        handwrittenHead({ id: 'inline', sender: 'friend', subject: 'An old way to encrypt' }, writing) +
        lines('Content-Type: text/plain; charset=utf-8', '') +
        (await encryptTo(
          writing,
          writing.keys.friend,
          'Inline PGP encrypts the text alone; the subject stays open.\n',
        )),
    }),
  },
  {
    id: 'stranger',
    sender: 'stranger',
    recipients: ['serverKey', 'ownKey'],
    write: async writing => ({
      raw: await encryptedMail(writing, writing.keys.stranger, {
        id: 'stranger',
        sender: 'stranger',
        subject: 'We have not met yet',
        text: 'I found your key, so I write encrypted. You can’t know yet whether the key that signed this is mine: ask me for its fingerprint.',
        bringsKey: true,
      }),
    }),
  },
  {
    id: 'plan',
    sender: 'friend',
    recipients: ['ownKey'],
    write: async writing => ({
      raw: await encryptedMail(writing, writing.keys.friend, {
        id: 'plan',
        sender: 'friend',
        subject: 'The view from the boat house',
        text: 'The evening over the hills, and what we need.',
        entity: illustratedEntity(),
      }),
    }),
  },
  {
    id: 'secret',
    sender: 'friend',
    recipients: ['serverKey', 'ownKey'],
    write: async writing => ({
      raw: await encryptedMail(writing, writing.keys.friend, {
        id: 'secret',
        sender: 'friend',
        subject: 'Where the key to the boat house is',
        text: 'It hangs behind the third shutter, as always.\n\nNobody on the way could read this, not even its subject.\n\nYour demo friend',
      }),
    }),
  },
];

interface Letter {
  readonly id: string;
  readonly sender: PersonName;
  readonly subject: string;
  readonly text: string;
  /** In place of the text alone: the entity that is encrypted, from its Content-Type field on. */
  readonly entity?: string;
  /** The public key of its signer comes along in the header. */
  readonly bringsKey?: boolean;
}

/** An HTML text with a picture in it, and a file. */
function illustratedEntity(): string {
  const picture = drawPng(240, 135)
    .toString('base64')
    .match(/.{1,76}/g);
  return lines(
    'Content-Type: multipart/mixed; boundary="outer"; hp="cipher"',
    '',
    '--outer',
    'Content-Type: multipart/related; boundary="inner"',
    '',
    '--inner',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<h2>The evening over the hills</h2>',
    '<p><img src="cid:hills@friends.example" alt="Hills in the evening" width="240" height="135"></p>',
    '<p>The list of what we need is <b>attached</b>.</p>',
    '--inner',
    'Content-Type: image/png',
    'Content-ID: <hills@friends.example>',
    'Content-Disposition: inline; filename="hills.png"',
    'Content-Transfer-Encoding: base64',
    '',
    ...(picture ?? []),
    '--inner--',
    '--outer',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Disposition: attachment; filename="what we need.txt"',
    '',
    'rope, lamp, matches, two blankets',
    '--outer--',
  );
}

/** PGP/MIME signature (RFC 3156 §5) over one text entity. */
async function signedMail(writing: Writing, letter: Letter): Promise<string> {
  const { openpgp, friend } = writing.keys;
  const entity = lines('Content-Type: text/plain; charset=utf-8', '', ...letter.text.split('\n')).replace(
    /\r\n$/,
    '',
  );
  const signature = await openpgp.sign({
    message: await openpgp.createMessage({ binary: Buffer.from(entity) }),
    signingKeys: friend.privateKey,
    detached: true,
    config: { preferredHashAlgorithm: openpgp.enums.hash.sha512 },
  });
  const boundary = `signed-${letter.id}`;
  return (
    handwrittenHead(letter, writing) +
    lines(
      `Content-Type: multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      entity,
      `--${boundary}`,
      'Content-Type: application/pgp-signature; name="signature.asc"',
      '',
      mailLines(String(signature)),
      `--${boundary}--`,
    )
  );
}

/** PGP/MIME encryption and signature (RFC 3156 §6.2) with a protected header (RFC 9788): outside, the subject is `[...]`. */
async function encryptedMail(writing: Writing, signer: CorrespondentKey, letter: Letter): Promise<string> {
  const boundary = `encrypted-${letter.id}`;
  const outer =
    handwrittenHead({ ...letter, subject: '[...]' }, writing) +
    (letter.bringsKey ? autocryptField(people[letter.sender].address, signer) : '');
  const inner =
    handwrittenHead(letter, writing).replace(/^MIME-Version:.*\r\n/m, '') +
    lines('HP-Outer: Subject: [...]', ...outerFields(writing, letter)) +
    (letter.entity ??
      lines('Content-Type: text/plain; charset=utf-8; hp="cipher"', '', ...letter.text.split('\n')));
  return (
    outer +
    lines(
      `Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      'Content-Type: application/pgp-encrypted',
      '',
      'Version: 1',
      '',
      `--${boundary}`,
      'Content-Type: application/octet-stream; name="encrypted.asc"',
      'Content-Disposition: inline; filename="encrypted.asc"',
      '',
      await encryptTo(writing, signer, inner),
      `--${boundary}--`,
    )
  );
}

/** Autocrypt field, level 1. */
function autocryptField(address: string, { publicOctets }: CorrespondentKey): string {
  const data =
    Buffer.from(publicOctets)
      .toString('base64')
      .match(/.{1,72}/g) ?? [];
  return lines(`Autocrypt: addr=${address}; keydata=`, ...data.map(line => ` ${line}`));
}

function outerFields(writing: Writing, letter: Letter): string[] {
  const { name, address } = people[letter.sender];
  return [
    `HP-Outer: From: "${name}" <${address}>`,
    `HP-Outer: To: <${addressOf(writing.recipient)}>`,
    `HP-Outer: Message-ID: <${messageIdOf(letter.id, letter.sender, writing.recipient)}>`,
  ];
}

async function encryptTo(
  { keys, recipient }: Writing,
  signer: CorrespondentKey,
  text: string,
): Promise<string> {
  const { openpgp } = keys;
  const key = keys.accounts.get(recipient);
  if (!key) throw new Error(`no key of ${recipient}`);
  const armored = await openpgp.encrypt({
    message: await openpgp.createMessage({ binary: Buffer.from(text) }),
    encryptionKeys: key,
    signingKeys: signer.privateKey,
  });
  return mailLines(String(armored));
}

function mailLines(armored: string): string {
  return armored.replace(/\r?\n/g, '\r\n').replace(/(?:\r\n)+$/, '\r\n');
}
