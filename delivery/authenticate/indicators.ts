import type { Message } from '../message/shape.ts';
import type { Resolver } from '../resolver.ts';
import type { BimiFinding } from './findings.ts';

/** What DMARC found, as mailauth gave it. */
export type DmarcResponse = object;

/**
 * The brand indicator that the author's domain publishes (BIMI draft §7): its record alone, nothing is fetched. Only
 * for what passed DMARC under a policy that is enforced; `skipped` is told as `none`.
 */
export async function checkIndicator(
  message: Message,
  dmarc: DmarcResponse,
  resolver: Resolver,
): Promise<BimiFinding> {
  // It brings an HTTP client and a validator of certificates, which who does not ask for it need not load.
  const { bimi } = await import('mailauth/lib/bimi/index.js');
  const parsed = message.root.fields
    .filter(({ name }) => /^(?:from|bimi-selector)$/i.test(name))
    .map(({ name, value }) => ({ key: name.toLowerCase(), line: Buffer.from(`${name}: ${value}`) }));
  const found = await bimi({ dmarc, headers: { parsed }, resolver, bimiWithAlignedDkim: false });
  if (!found) return { result: 'none', location: null };
  const word = words.find(known => known === found.status.result);
  return { result: word ?? 'none', location: word === 'pass' ? (found.location ?? null) : null };
}

const words = ['pass', 'fail', 'temperror'] as const;
