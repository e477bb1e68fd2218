import { generateKeyPairSync } from 'node:crypto';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { type DnsServer, startDnsServer } from '../../support/dns-server.ts';

const signer = 'load.example';
const selector = 'bench';
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** A resolver that knows the senders' SPF, DKIM and DMARC records. */
export function startBenchResolver(): Promise<DnsServer> {
  return startDnsServer(
    new Map([
      [signer, ['v=spf1 ip4:127.0.0.1 -all']],
      [`_dmarc.${signer}`, ['v=DMARC1; p=reject']],
      [`${selector}._domainkey.${signer}`, [`v=DKIM1; k=rsa; p=${keys.publicKey.toString('base64')}`]],
    ]),
  );
}

/** Each message with a DKIM-Signature of the bench's signer in front. */
export async function signMessages(messages: readonly Buffer[]): Promise<Buffer[]> {
  const signed: Buffer[] = [];
  for (const message of messages) {
    const signature = {
      signingDomain: signer,
      selector,
      privateKey: keys.privateKey,
      algorithm: 'rsa-sha256',
    };
    const options = { ...signature, canonicalization: 'relaxed/relaxed', signatureData: [signature] };
    const { signatures } = await dkimSign(message, options);
    signed.push(Buffer.concat([Buffer.from(signatures), message]));
  }
  return signed;
}
