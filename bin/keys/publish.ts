import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { type RevocationReason, revocationReasons } from '../../delivery/crypto/revocation.ts';
import { asDeliveryError, DeliveryError } from '../../delivery/errors.ts';
import type { Parts } from '../../delivery/open.ts';
import { type Publication, publishKey, publishSmime, unpublishKey } from '../../delivery/publish-key.ts';
import type { Refreshed } from '../../delivery/refresh-published.ts';
import { type Revoked, revokeKey } from '../../delivery/revoke-key.ts';
import { requireAddress } from '../../delivery/store/address.ts';
import type { Account } from '../../delivery/store/store.ts';
import { mayHaveKeyZones } from '../../dns-keys/owner-name.ts';
import type { CommandContext } from '../command.ts';
import { explainFileError } from '../file-error.ts';
import { print } from '../output.ts';
import { findAccount, withParts } from '../with-parts.ts';

interface PublishWords {
  readonly allAddresses?: boolean;
  readonly smime?: string;
  readonly key?: string;
  readonly alsoV6?: boolean;
}

interface RevokeWords {
  readonly key?: string;
  readonly reason?: RevocationReason;
  readonly certificate?: string;
}

/** `caliopen keys publish|unpublish|revoke`. */
export function registerPublishing(keys: Command, context: CommandContext): void {
  keys
    .command('publish <address>')
    .description(
      "let the whole world find an account's key, by DNS, the Web Key Directory and HKP: do this only when its owner asks",
    )
    .option('--all-addresses', 'for each address of the account, not this one alone')
    .option('--key <fingerprint>', 'which of several keys')
    .option('--also-v6', 'a key of version 6 beside the one of version 4; old programs may then find none')
    .option('--smime <file>', 'an X.509 certificate for S/MIME (PEM or DER) instead of the OpenPGP key')
    .action((address: string, words: PublishWords) => publish(context, address, words));
  keys
    .command('unpublish <address>')
    .description('take a published key back; it is gone everywhere within the TTL (dns.ttlSeconds)')
    .option('--all-addresses', 'for each address of the account')
    .option('--smime', 'the S/MIME certificate instead of the OpenPGP key')
    .action((address: string, words: { allAddresses?: boolean; smime?: boolean }) =>
      unpublish(context, address, words),
    );
  keys
    .command('revoke <address>')
    .description("revoke an account's key for good, and tell so wherever it is published")
    .option('--key <fingerprint>', 'which of several keys')
    .addOption(new Option('--reason <word>', 'why (default: none)').choices(revocationReasons))
    .option('--certificate <file>', 'a revocation certificate, where the server has no secret key')
    .action((address: string, words: RevokeWords) => revoke(context, address, words));
}

interface Outcome {
  readonly address: string;
  readonly publication: Publication | null;
  /** Why not. */
  readonly error: string | null;
}

async function publish(context: CommandContext, address: string, words: PublishWords): Promise<void> {
  if (words.smime !== undefined && (words.key !== undefined || words.alsoV6)) {
    throw new DeliveryError('badRequest', '--key and --also-v6 are about OpenPGP; leave out --smime');
  }
  const certificate = words.smime === undefined ? null : await readGiven(words.smime);
  const outcomes = await withParts(context, async parts => {
    const account = await findAccount(parts, address);
    const found: Outcome[] = [];
    const addresses = words.allAddresses ? await addressesOf(account, parts) : [address];
    for (const each of addresses) {
      const act = { account, actor: 'operator' };
      const work = certificate
        ? () => publishCertificate(act, { address: each, certificate }, parts)
        : () => publishKey(act, publishOptions(each, words), parts);
      found.push(words.allAddresses ? await outcomeOf(each, work) : succeeded(await work()));
    }
    return found;
  });
  for (const outcome of outcomes) tellPublished(context, outcome);
  if (outcomes.some(({ error }) => error !== null)) context.exit(1);
}

/** An S/MIME certificate is found by DNS alone. */
async function publishCertificate(
  ...[act, wish, parts]: Parameters<typeof publishSmime>
): Promise<Publication> {
  if (!isInDns(wish.address)) throw new DeliveryError('badInput', tooLong);
  return publishSmime(act, wish, parts);
}

function publishOptions(address: string, { key, alsoV6 = false }: PublishWords) {
  return { address, alsoV6, ...wantedKey(key) };
}

/** A fingerprint as programs print it: with blanks in between, or with `0x` in front. */
function wantedKey(key: string | undefined): { fingerprint?: string } {
  return key === undefined ? {} : { fingerprint: key.replace(/^0x/i, '') };
}

function succeeded(publication: Publication): Outcome {
  return { address: publication.address, publication, error: null };
}

/** Of several addresses, one that can't be published keeps none of the others back. */
async function outcomeOf(address: string, work: () => Promise<Publication>): Promise<Outcome> {
  try {
    return succeeded(await work());
  } catch (error) {
    const { code, message } = asDeliveryError(error);
    if (code !== 'badInput' && code !== 'notFound') throw error;
    return { address, publication: null, error: message };
  }
}

function tellPublished(context: CommandContext, { address, publication, error }: Outcome): void {
  if (!publication) {
    print(context, { address, published: false, error }, `not published for ${address}: ${error}`);
    return;
  }
  const seen = seenByTheWorld(publication);
  print(context, { ...publication, published: true, seen }, publishedText(publication, seen));
}

function publishedText({ address, kind, fingerprint, addedUserId }: Publication, seen: string): string {
  const what = kind === 'smime' ? 'the S/MIME certificate' : fingerprint;
  return [
    `published ${what} for ${address}`,
    ...(addedUserId ? [`the key got the user id <${address}>, signed by itself`] : []),
    `the whole world can now see: ${seen}`,
    `caliopen keys unpublish ${address}${kind === 'smime' ? ' --smime' : ''} takes it back; copies that others made stay`,
  ].join('\n');
}

/** What publishing tells anybody who asks, in words. */
function seenByTheWorld({ address, kind, userId, state }: Publication): string {
  if (kind === 'smime')
    return `that ${address} exists, and all that stands in its certificate, by DNS (SMIMEA)`;
  const dates = 'when the key was made and until when it is good';
  const revoked = state === 'revoked' ? ', that it is revoked' : '';
  const others = 'the Web Key Directory and HKP';
  const places = isInDns(address) ? `by DNS (OPENPGPKEY), ${others}` : `by ${others}, not by DNS: ${tooLong}`;
  return `that ${address} exists, its user id "${userId}", the fingerprint, ${dates}${revoked}; ${places}`;
}

const tooLong = 'the name of its domain is too long for names in DNS';

function isInDns(address: string): boolean {
  return mayHaveKeyZones(requireAddress(address).domain);
}

async function unpublish(
  context: CommandContext,
  address: string,
  { allAddresses = false, smime = false }: { allAddresses?: boolean; smime?: boolean },
): Promise<void> {
  const kind = smime ? 'smime' : 'openpgp';
  const { taken, ttlSeconds } = await withParts(context, async parts => {
    const account = await findAccount(parts, address);
    const act = { account, actor: 'operator' };
    const addresses = allAddresses ? await addressesOf(account, parts) : [address];
    const found: string[] = [];
    for (const each of addresses)
      if (await unpublishKey(act, { address: each, kind }, parts)) found.push(each);
    return { taken: found, ttlSeconds: parts.config['dns.ttlSeconds'] };
  });
  for (const each of taken) {
    const text = `took back what was published for ${each}; it is gone everywhere within ${ttlSeconds} seconds`;
    print(context, { address: each, kind, unpublished: true }, text);
  }
  if (taken.length > 0) return;
  print(context, { address, kind, unpublished: false }, `nothing is published for ${address}`);
  context.exit(1);
}

async function revoke(context: CommandContext, address: string, words: RevokeWords): Promise<void> {
  if (words.certificate !== undefined && words.reason !== undefined) {
    throw new DeliveryError('badRequest', 'a revocation certificate says its own reason; leave out --reason');
  }
  const certificate = words.certificate === undefined ? null : await readGiven(words.certificate);
  const revoked = await withParts(context, async parts => {
    const account = await findAccount(parts, address);
    const options = {
      ...wantedKey(words.key),
      ...(words.reason === undefined ? {} : { reason: words.reason }),
      ...(certificate ? { certificate } : {}),
    };
    const done = await revokeKey({ account, actor: 'operator' }, options, parts);
    return { ...done, address: account.address, custody: account.custody };
  });
  print(context, revoked, revokedText(revoked));
}

function revokedText(
  revoked: Revoked & { readonly address: string; readonly custody: Account['custody'] },
): string {
  const { fingerprint, address, published, usableKeysLeft, custody } = revoked;
  return [
    `revoked ${fingerprint} of ${address}, for good`,
    ...published.map(refreshedText),
    ...(published.length === 0
      ? [`it is not published; caliopen keys export ${address} prints it to be passed on`]
      : []),
    ...(usableKeysLeft === 0 && custody === 'client'
      ? ['no other key is there to seal mail to: new mail is deferred until one is imported']
      : []),
  ].join('\n');
}

/** One line on a publication that followed a change of its key. */
export function refreshedText({ address, outcome, reason }: Refreshed): string {
  const texts = {
    refreshed: `what is published for ${address} was brought up to date`,
    unchanged: `what is published for ${address} stays as it is`,
    withdrawn: `what was published for ${address} was taken back: ${reason}`,
    kept: `what is published for ${address} stays as it was: ${reason}`,
  } as const;
  return texts[outcome];
}

async function addressesOf(account: Account, { store }: Parts): Promise<string[]> {
  return (await store.listAddresses(account.id)).map(row => row.address);
}

async function readGiven(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new DeliveryError('badInput', explainFileError(cause, null, file) ?? `${file}: ${cause}`, {
      cause,
    });
  }
}
