/** The domain that the demo serves; `.example` belongs to nobody (RFC 2606). */
export const demoDomain = 'caliopen.example';

/** The demo's own accounts: one for each way of keeping the key. */
export const demoAccounts = [
  { name: 'serverKey', local: 'server-key', custody: 'server', displayName: 'Demo, key on the server' },
  { name: 'ownKey', local: 'own-key', custody: 'client', displayName: 'Demo, key held by its owner' },
  { name: 'noKey', local: 'no-key', custody: 'none', displayName: 'Demo, no key' },
] as const;

export type AccountName = (typeof demoAccounts)[number]['name'];

/** Address of a demo account. */
export function addressOf(name: AccountName): string {
  const account = demoAccounts.find(one => one.name === name);
  return `${account?.local}@${demoDomain}`;
}

/** How a correspondent's domain protects its name. */
export interface CorrespondentDomain {
  readonly name: string;
  /** Its mail is signed, and the key is published. */
  readonly hasDkim: boolean;
  /** Its SPF record allows loopback, where the demo sends from. */
  readonly hasSpf: boolean;
  readonly dmarc: 'none' | 'quarantine' | 'reject' | null;
}

/** The made-up domains that the demo's mail comes from, with what their zones publish. */
export const correspondentDomains: readonly CorrespondentDomain[] = [
  { name: 'friends.example', hasDkim: true, hasSpf: true, dmarc: 'reject' },
  { name: 'work.example', hasDkim: true, hasSpf: true, dmarc: 'quarantine' },
  { name: 'poste.example', hasDkim: true, hasSpf: true, dmarc: 'none' },
  { name: 'shop.example', hasDkim: true, hasSpf: true, dmarc: 'reject' },
  { name: 'lists.example', hasDkim: true, hasSpf: true, dmarc: 'none' },
  { name: 'nihon.example', hasDkim: false, hasSpf: true, dmarc: null },
  { name: 'office.example', hasDkim: false, hasSpf: false, dmarc: null },
  { name: 'bulk.example', hasDkim: false, hasSpf: false, dmarc: null },
  { name: 'bank.example', hasDkim: true, hasSpf: false, dmarc: 'reject' },
  { name: 'account-check.example', hasDkim: false, hasSpf: true, dmarc: null },
];

/** Those who write to the demo's accounts; every name says that it is made up. */
export const people = {
  friend: { name: 'Demo Friend', address: 'friend@friends.example' },
  colleague: { name: 'Demo Colleague', address: 'colleague@work.example' },
  planner: { name: 'Demo Planner', address: 'planner@work.example' },
  ami: { name: 'Ami de démonstration', address: 'ami@poste.example' },
  tomo: { name: 'デモの友人', address: 'tomo@nihon.example' },
  shop: { name: 'Demo Shop', address: 'news@shop.example' },
  orders: { name: 'Demo Shop Orders', address: 'orders@shop.example' },
  stranger: { name: 'Demo Stranger', address: 'stranger@poste.example' },
  scanner: { name: 'Demo Scanner', address: 'scanner@office.example' },
  gardener: { name: 'Demo Gardener', address: 'gardener@friends.example' },
  cook: { name: 'Demo Cook', address: 'cook@poste.example' },
  bank: { name: 'Demo Bank', address: 'service@bank.example' },
  lottery: { name: 'CASH PRIZE DEPARTMENT', address: 'winner@bulk.example' },
  thief: { name: 'Demo Bank Security', address: 'security@account-check.example' },
} as const;

export type PersonName = keyof typeof people;

/** `Name <address>` for a header field. */
export function mailboxOf(person: PersonName): { name: string; address: string } {
  return people[person];
}
