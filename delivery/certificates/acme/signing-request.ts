import { createPublicKey, type KeyObject, sign } from 'node:crypto';

const sequence = 0x30;
const set = 0x31;
const octetString = 0x04;
const bitString = 0x03;

const extensionRequest = Buffer.from('06092a864886f70d01090e', 'hex'); // 1.2.840.113549.1.9.14
const subjectAltName = Buffer.from('0603551d11', 'hex'); // 2.5.29.17
const ecdsaWithSha256 = Buffer.from('06082a8648ce3d040302', 'hex'); // 1.2.840.10045.4.3.2
const version0 = Buffer.from('020100', 'hex');

/** A certificate signing request (RFC 2986) for these DNS names and a P-256 key, in DER; its subject is empty. */
export function makeSigningRequest(names: readonly string[], key: KeyObject): Buffer {
  // [2] IA5String: dNSName of GeneralName (RFC 5280 §4.2.1.6).
  const altNames = element(sequence, ...names.map(name => element(0x82, Buffer.from(name, 'latin1'))));
  const extension = element(sequence, subjectAltName, element(octetString, altNames));
  const attribute = element(sequence, extensionRequest, element(set, element(sequence, extension)));
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const information = element(sequence, version0, element(sequence), publicKey, element(0xa0, attribute));
  const signature = sign('sha256', information, key);
  return element(
    sequence,
    information,
    element(sequence, ecdsaWithSha256),
    element(bitString, Buffer.of(0), signature),
  );
}

/** One element of DER (X.690 §8.1), definite length. */
function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}
