import type { SigningAlgorithm } from './algorithms.ts';
import type { KeyRole } from './zone-keys.ts';

const hour = 3600;
const day = 24 * hour;

/** How a zone's keys are made and rolled. */
export interface KeyPolicy {
  readonly algorithm: SigningAlgorithm;
  /** One key for both functions (csk), or two (ksk, zsk). */
  readonly isCombined: boolean;
  /** Takes the zone out of DNSSEC: asks the parent to remove DS, rolls nothing. */
  readonly isWithdrawn: boolean;
  /** From when on a key is rolled by itself; null: on request only. */
  readonly lifetimeSeconds: Readonly<Record<KeyRole, number | null>>;
  /** Until every server of ours and every secondary gives out a change. */
  readonly propagationSeconds: number;
  /** Added to every wait, for clocks and caches that are a little off. */
  readonly safetySeconds: number;
  /** How late the parent may still act on CDS, CDNSKEY or a DS given by hand that we no longer offer. */
  readonly parentDelaySeconds: number;
  /** A DS set counts as cached for so long at least: between two looks it may have had a longer TTL than was seen. */
  readonly leastDsTtlSeconds: number;
}

const waits = {
  propagationSeconds: hour,
  safetySeconds: hour,
  parentDelaySeconds: 2 * day,
  leastDsTtlSeconds: 2 * day,
};

/**
 * For zones signed while answering: one combined key. It makes the smaller DNSKEY answer (one key, one signature), and
 * a second key would protect nothing, as the private keys of both lie on the machine that answers. Each roll changes
 * the DS; so none is rolled by age, only on request (RFC 6781 §3.2: a lifetime has to be worth its risk).
 */
export const onlineKeys: KeyPolicy = {
  algorithm: 13,
  isCombined: true,
  isWithdrawn: false,
  lifetimeSeconds: { csk: null, ksk: null, zsk: 90 * day },
  ...waits,
};

/**
 * For pre-signed zones: the ZSK rolls each 90 days without the parent (RFC 6781 §3.3), which also shows that rolling
 * works; the KSK on request, as with `onlineKeys`.
 */
export const presignedKeys: KeyPolicy = { ...onlineKeys, isCombined: false };

/** Roles of the keys that a policy asks for. */
export function rolesOf({ isCombined }: KeyPolicy): readonly KeyRole[] {
  return isCombined ? ['csk'] : ['ksk', 'zsk'];
}

/** Lifetimes end up to a tenth early, by the tag, so that zones made together are not rolled together. */
export function lifetimeOf(policy: KeyPolicy, role: KeyRole, tag: number): number | null {
  const lifetime = policy.lifetimeSeconds[role];
  return lifetime === null ? null : Math.floor(lifetime * (1 - (0.1 * tag) / 65_536));
}
