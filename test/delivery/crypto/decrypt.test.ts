import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { armor } from '../../../delivery/crypto/armor.ts';
import { type DecryptOwner, decrypt } from '../../../delivery/crypto/decrypt.ts';
import { loadOpenPgp } from '../../../delivery/crypto/openpgp.ts';
import { decodeText } from '../../../delivery/message/content.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import {
  encrypt,
  encryptedMessage,
  keyring,
  makePerson,
  type Person,
  receivedAt,
  textMessage,
} from '../../support/openpgp-mail.ts';

const inner = 'Content-Type: text/plain; charset=utf-8\r\n\r\nAt noon, as ever.\r\n';

let adam: Person;
let zoe: Person;

before(async () => {
  adam = await makePerson('adam@example.net');
  zoe = await makePerson('zoe@example.org');
});

function read(raw: string | Uint8Array, owner: DecryptOwner) {
  return decrypt(parseMessage(Buffer.from(raw)), owner);
}

const nobody: DecryptOwner = { privateKeys: [], publicKeys: [], keyring, receivedAt };

describe('ordinary mail', () => {
  it('is not encrypted, not signed, and has an open subject whatever the subject says', async () => {
    const { findings, content } = await read(textMessage('zoe@example.org', 'hello', '...'), adam.owner());
    assert.deepEqual(
      { ...findings, content },
      {
        form: 'none',
        encryption: 'none',
        signature: 'none',
        noIntegrity: false,
        signer: null,
        subject: 'open',
        opened: false,
        failure: null,
        algorithms: [],
        content: null,
      },
    );
  });
});

describe('PGP/MIME (RFC 3156)', () => {
  it('opens with the key on the server; the content is a message of its own', async () => {
    const raw = encryptedMessage('zoe@example.org', await encrypt(inner, [adam]));
    const { findings, content } = await read(raw, adam.owner());
    assert.equal(findings.encryption, 'strong');
    assert.equal(findings.opened, true);
    assert.equal(findings.signature, 'none');
    assert.deepEqual(findings.algorithms, ['ecdh', 'aes256']);
    assert.ok(content);
    assert.equal(content.root.mediaType, 'text/plain');
    assert.equal(content.originators.from[0]?.address, 'zoe@example.org');
    assert.equal(content.messageId, '1@example.org');
    assert.equal(decodeText(content, content.root).text, 'At noon, as ever.\r\n');
  });

  it('is read as Exchange rewrites it', async () => {
    const raw = encryptedMessage('zoe@example.org', await encrypt(inner, [adam]))
      .replace('multipart/encrypted; protocol="application/pgp-encrypted"', 'multipart/mixed')
      .replace('--b\r\n', '--b\r\nContent-Type: text/plain\r\n\r\n\r\n--b\r\n');
    assert.equal((await read(raw, adam.owner())).findings.opened, true);
  });

  it('is judged by its packets when no key is here', async () => {
    const raw = encryptedMessage('zoe@example.org', await encrypt(inner, [adam]));
    const { findings, content } = await read(raw, nobody);
    assert.equal(findings.encryption, 'strong');
    assert.equal(findings.failure, 'noKey');
    assert.equal(findings.signature, 'unknown');
    assert.equal(findings.subject, 'unknown');
    assert.equal(content, null);
  });

  it('lifts nothing when it is to somebody else than the owner', async () => {
    const raw = encryptedMessage('zoe@example.org', await encrypt(inner, [zoe]));
    assert.equal((await read(raw, adam.owner())).findings.encryption, 'unknown');
  });

  it('is malformed, and worth nothing, without OpenPGP inside', async () => {
    for (const body of [
      '',
      'hello',
      armor('MESSAGE', Buffer.alloc(60, 0xff)),
      armor('SIGNATURE', Buffer.from('x')),
    ]) {
      const { findings } = await read(encryptedMessage('zoe@example.org', body), adam.owner());
      assert.equal(findings.encryption, 'unknown');
      assert.equal(findings.failure, 'malformed');
      assert.equal(findings.opened, false);
    }
  });
});

describe('inline PGP', () => {
  it('opens when the armor is the whole text', async () => {
    const body = `\r\n${await encrypt('Où?\r\n', [adam])}\r\n`;
    const { findings, content } = await read(textMessage('zoe@example.org', body), adam.owner());
    assert.equal(findings.form, 'pgpInline');
    assert.equal(findings.encryption, 'strong');
    assert.equal(findings.subject, 'open');
    assert.ok(content);
    assert.equal(decodeText(content, content.root).text, 'Où?\r\n');
  });

  it('is found in base64 too', async () => {
    const encoded = Buffer.from(await encrypt('hello', [adam])).toString('base64');
    const raw = textMessage('zoe@example.org', encoded.replace(/.{76}/g, '$&\r\n')).replace(
      'charset=utf-8\r\n',
      'charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n',
    );
    assert.equal((await read(raw, adam.owner())).findings.opened, true);
  });

  it('is left alone when anything stands around it (Efail)', async () => {
    const armored = await encrypt('secret', [adam]);
    for (const body of [`read this:\r\n${armored}`, `${armored}\r\nfooter`, `${armored}\r\n${armored}`]) {
      const { findings, content } = await read(textMessage('zoe@example.org', body), adam.owner());
      assert.equal(findings.encryption, 'none');
      assert.equal(content, null);
    }
  });
});

describe('a protected part of a larger message (Efail)', () => {
  it('is not opened', async () => {
    const part = encryptedMessage('zoe@example.org', await encrypt('secret', [adam])).split(
      'MIME-Version: 1.0\r\n',
    )[1];
    const raw = `From: eve@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="m"\r\n\r\n--m\r\nContent-Type: text/html\r\n\r\n<img src="http://eve.example.com/\r\n--m\r\n${part}\r\n--m\r\nContent-Type: text/html\r\n\r\n">\r\n--m--\r\n`;
    const { findings, content } = await read(raw, adam.owner());
    assert.equal(findings.form, 'none');
    assert.equal(content, null);
  });
});

describe('integrity', () => {
  it('plaintext is never given out when a single octet was changed', async () => {
    const armored = await encrypt(inner.repeat(20), [adam]);
    const octets = Buffer.from(armored.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    octets[octets.length - 40] = (octets[octets.length - 40] ?? 0) ^ 1;
    const { findings, content } = await read(
      encryptedMessage('zoe@example.org', armor('MESSAGE', octets)),
      adam.owner(),
    );
    assert.equal(findings.opened, false);
    assert.equal(content, null);
    assert.equal(findings.noIntegrity, true);
    assert.equal(findings.failure, 'noIntegrity');
    assert.notEqual(findings.encryption, 'strong');
  });

  it('data without integrity protection is weak and stays closed', async () => {
    const armored = await encrypt(inner, [adam]);
    const octets = Buffer.from(armored.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const session = octets.subarray(0, 2 + (octets[1] ?? 0));
    const data = Buffer.concat([Buffer.from([0xc0 | 9, 60]), Buffer.alloc(60, 5)]);
    const raw = encryptedMessage('zoe@example.org', armor('MESSAGE', Buffer.concat([session, data])));
    const { findings, content } = await read(raw, adam.owner());
    assert.equal(findings.noIntegrity, true);
    assert.equal(findings.encryption, 'weak');
    assert.equal(findings.failure, 'noIntegrity');
    assert.equal(content, null);
  });

  it('a decompression bomb is refused', async () => {
    const openpgp = await loadOpenPgp();
    const to = await openpgp.readKey({ binaryKey: Uint8Array.from(adam.key.publicKey) });
    const bomb = await openpgp.encrypt({
      message: await openpgp.createMessage({ binary: new Uint8Array(70_000_000) }),
      encryptionKeys: to,
      format: 'binary',
      config: { preferredCompressionAlgorithm: openpgp.enums.compression.zlib },
    });
    assert.ok(bomb.length < 1_000_000);
    const { findings } = await read(
      encryptedMessage('zoe@example.org', armor('MESSAGE', bomb)),
      adam.owner(),
    );
    assert.equal(findings.opened, false);
    assert.equal(findings.failure, 'tooLarge');
  });
});

describe('protected header fields', () => {
  const payload = (type: string, fields: string) =>
    `${fields}Content-Type: text/plain; charset=utf-8; ${type}\r\n\r\nAt noon.\r\n`;

  async function opened(entity: string, outerSubject: string) {
    const raw = encryptedMessage('zoe@example.org', await encrypt(entity, [adam]), outerSubject);
    const { findings, content } = await read(raw, adam.owner());
    return { subject: findings.subject, content };
  }

  it('of RFC 9788 replace the outer ones', async () => {
    const entity = payload(
      'hp="cipher"',
      'From: zoe@example.org\r\nTo: adam@example.net\r\nSubject: the true one\r\nHP-Outer: Subject: [...]\r\n',
    );
    const { subject, content } = await opened(entity, '[...]');
    assert.equal(subject, 'protected');
    assert.equal(content?.subject, 'the true one');
  });

  it('of Thunderbird replace the subject', async () => {
    const { subject, content } = await opened(
      payload('protected-headers="v1"', 'Subject: =?utf-8?Q?d=C3=A9jeuner?=\r\n'),
      '...',
    );
    assert.equal(subject, 'protected');
    assert.equal(content?.subject, 'déjeuner');
  });

  it('that repeat an open subject protect nothing', async () => {
    const { subject } = await opened(payload('hp="cipher"', 'Subject: lunch\r\n'), 'lunch');
    assert.equal(subject, 'open');
  });

  it('are not read without the mark', async () => {
    const { subject, content } = await opened(payload('x=y', 'Subject: hidden\r\n'), 'lunch');
    assert.equal(subject, 'open');
    assert.equal(content?.subject, 'lunch');
  });

  it('never change who it is from', async () => {
    const entity = payload('hp="cipher"', 'From: boss@example.com\r\nSubject: x\r\n');
    const { content } = await opened(entity, '[...]');
    assert.equal(content?.originators.from[0]?.address, 'zoe@example.org');
    assert.equal(content?.originators.from.length, 1);
  });

  it('are not shown a second time in the text (RFC 9788 §5.2)', async () => {
    const plain = 'Subject: the true one\r\nCc: eve@example.com\r\n\r\nAt noon.\r\n';
    const entity = `Content-Type: multipart/alternative; hp="cipher"; boundary="a"\r\nSubject: the true one\r\n\r\n--a\r\nContent-Type: text/plain; hp-legacy-display="1"\r\n\r\n${plain}\r\n--a\r\nContent-Type: text/html; hp-legacy-display="1"\r\n\r\n<body><div class="header-protection-legacy-display"><pre>Subject: the true one</pre></div><p>At noon.</p>\r\n--a--\r\n`;
    const { content } = await opened(entity, '[...]');
    const [text, html] = content?.root.parts ?? [];
    assert.ok(content && text && html);
    assert.equal(decodeText(content, text).text, 'At noon.\r\n');
    assert.equal(decodeText(content, html).text, '<body><p>At noon.</p>');
  });

  it('cannot smuggle fields or a body in front of the content', async () => {
    const entity = payload('hp="cipher"', 'Subject: x\r\n\tFrom: boss@example.com\r\n');
    const { content } = await opened(entity, '[...]');
    assert.ok(content);
    assert.equal(decodeText(content, content.root).text, 'At noon.\r\n');
  });
});

describe('S/MIME (RFC 8551)', () => {
  const message = (type: string, body: string) =>
    `From: zoe@example.org\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=${type}; name="smime.p7m"\r\nContent-Transfer-Encoding: base64\r\n\r\n${body}\r\n`;

  it('is recognised and never taken for verified', async () => {
    const closed = (await read(message('enveloped-data', 'AAAA'), nobody)).findings;
    assert.equal(closed.form, 'smime');
    assert.equal(closed.encryption, 'unknown');
    const signed = (await read(message('signed-data', 'AAAA'), nobody)).findings;
    assert.equal(signed.encryption, 'none');
    assert.equal(signed.signature, 'unknown');
  });
});
