import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import { hashPassword } from '../delivery/crypto/password.ts';
import { DeliveryError } from '../delivery/errors.ts';
import type { Parts } from '../delivery/open.ts';
import { forgetSharedActs } from '../delivery/shared-acts.ts';
import { allPages } from '../delivery/store/all-pages.ts';
import { type Account, type AuditEntry, type Custody, custodies } from '../delivery/store/store.ts';
import type { CommandContext } from './command.ts';
import { print, printRows, readLine } from './output.ts';
import { findAccount, withParts } from './with-parts.ts';

/** `caliopen account add|list|show|alias|unalias|password|quota|close|open|remove`. */
export function register(program: Command, context: CommandContext): void {
  const account = program.command('account').description('add, list and change mail accounts');
  account
    .command('add <address>')
    .description('make an account; without --password-stdin a password is made and printed once')
    .addOption(new Option('--custody <where>', 'where its private key is').choices(custodies).default('none'))
    .option('--password-stdin', 'read the password from standard input')
    .option('--name <name>', 'display name')
    .option('--quota <octets>', 'octets of mail it may hold, 0 for no limit', wholeNumber)
    .action((address: string, options: AddOptions) => add(context, address, options));
  account
    .command('list')
    .description('list the accounts')
    .option('--domain <name>', 'of this domain only')
    .action((options: { domain?: string }) => list(context, options.domain));
  account
    .command('show <address>')
    .description('show an account with its addresses and use')
    .action((address: string) => show(context, address));
  registerChanges(account, context);
}

function registerChanges(account: Command, context: CommandContext): void {
  account
    .command('alias <alias> <address>')
    .description('deliver an alias to an account')
    .action((alias: string, address: string) =>
      change(
        context,
        address,
        (found, { store }) => store.addAlias(alias, found.id),
        `${alias} goes to ${address}`,
      ),
    );
  account
    .command('unalias <alias>')
    .description('remove an alias')
    .action((alias: string) =>
      withParts(context, ({ store }) => store.removeAlias(alias)).then(() =>
        print(context, { removed: alias }, `removed ${alias}`),
      ),
    );
  account
    .command('password <address>')
    .description(
      'set a new password and end all sessions, app passwords and tokens; without --password-stdin it is made and printed once',
    )
    .option('--password-stdin', 'read the password from standard input')
    .option('--keep-tokens', 'leave app passwords and tokens as they are; sessions end all the same')
    .action((address: string, options: AddOptions) => setPassword(context, address, options));
  account
    .command('quota <address> <octets>')
    .description('set how many octets of mail it may hold, 0 for no limit')
    .action((address: string, octets: string) => {
      const quotaOctets = wholeNumber(octets) || null;
      return change(
        context,
        address,
        async (found, parts) => {
          await parts.store.updateAccount(found.id, { quotaOctets });
          await audit(found, { action: 'quotaChanged', detail: { quotaOctets } }, parts);
        },
        `quota of ${address}: ${quotaOctets ?? 'no limit'}`,
      );
    });
  for (const [word, state] of [
    ['close', 'closed'],
    ['open', 'open'],
  ] as const) {
    account
      .command(`${word} <address>`)
      .description(word === 'close' ? 'take no more mail and no sign-in' : 'take mail and sign-in again')
      .action((address: string) =>
        change(
          context,
          address,
          async (found, parts) => {
            await parts.store.updateAccount(found.id, { state });
            const action = state === 'closed' ? 'accountClosed' : 'accountOpened';
            await audit(found, { action, detail: {} }, parts);
          },
          `${address} is ${state}`,
        ),
      );
  }
  account
    .command('remove <address>')
    .description('erase an account with all its mail, keys and settings')
    .option('--yes', 'really')
    .action((address: string, options: { yes?: boolean }) => {
      if (!options.yes)
        throw new DeliveryError('badRequest', `this erases all mail of ${address}; add --yes to do it`);
      return change(
        context,
        address,
        async (found, { store }) => {
          await forgetSharedActs(found, { store });
          await store.removeAccount(found.id);
        },
        `removed ${address}`,
      );
    });
}

interface AddOptions {
  readonly custody?: Custody;
  readonly passwordStdin?: boolean;
  readonly keepTokens?: boolean;
  readonly name?: string;
  readonly quota?: number;
}

async function add(context: CommandContext, address: string, options: AddOptions): Promise<void> {
  const { password, made } = await choosePassword(context, options);
  const added = await withParts(context, async ({ store, config }) =>
    store.addAccount({
      address,
      displayName: options.name ?? null,
      custody: options.custody ?? 'none',
      quotaOctets: (options.quota ?? config['account.quotaOctets']) || null,
      passwordHash: await hashPassword(password),
    }),
  );
  print(
    context,
    { ...row(added), ...(made ? { password } : {}) },
    `added ${added.address}${made ? `\npassword: ${password}` : ''}${hint(added)}`,
  );
}

function hint({ custody, address }: Account): string {
  if (custody === 'none') return '';
  return custody === 'server'
    ? `\nnext: caliopen keys generate ${address}, or keys import (until then nothing is decrypted)`
    : `\nnext: caliopen keys import FILE --account ${address} with its public key (until then its mail is deferred)`;
}

async function choosePassword(
  context: CommandContext,
  options: AddOptions,
): Promise<{ password: string; made: boolean }> {
  if (!options.passwordStdin) return { password: randomBytes(12).toString('base64url'), made: true };
  const password = await readLine(context.stdin);
  if (password.length < 8)
    throw new DeliveryError('badInput', 'the password on standard input is shorter than 8 characters');
  return { password, made: false };
}

async function setPassword(context: CommandContext, address: string, options: AddOptions): Promise<void> {
  const { password, made } = await choosePassword(context, options);
  const passwordHash = await hashPassword(password);
  await withParts(context, async parts => {
    const found = await findAccount(parts, address);
    const keepTokens = options.keepTokens ?? false;
    await parts.store.setPasswordHash(found.id, passwordHash, { keepTokens });
    await audit(found, { action: 'passwordChanged', detail: { keepTokens } }, parts);
  });
  print(
    context,
    { address, ...(made ? { password } : {}) },
    made ? `password: ${password}` : `changed the password of ${address}`,
  );
}

async function list(context: CommandContext, domain: string | undefined): Promise<void> {
  const all = await withParts(context, ({ store }) =>
    Array.fromAsync(allPages(page => store.listAccounts({ ...page, ...(domain ? { domain } : {}) }))),
  );
  printRows(context, all.map(row));
}

async function show(context: CommandContext, address: string): Promise<void> {
  const shown = await withParts(context, async parts => {
    const found = await findAccount(parts, address);
    const addresses = await parts.store.listAddresses(found.id);
    return {
      ...row(found),
      addresses: addresses.map(item => item.address),
      usedOctets: await parts.store.usedOctets(found.id),
    };
  });
  print(
    context,
    shown,
    Object.entries(shown)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
  );
}

async function change(
  context: CommandContext,
  address: string,
  act: (account: Account, parts: Parts) => Promise<unknown>,
  text: string,
): Promise<void> {
  await withParts(context, async parts => act(await findAccount(parts, address), parts));
  print(context, { address, done: true }, text);
}

/** What the operator did, where the owner can read it (DESIGN.md, promise 6). */
async function audit(
  { id }: Account,
  entry: Pick<AuditEntry, 'action' | 'detail'>,
  { store, clock }: Parts,
): Promise<void> {
  await store.appendAudit(id, { at: clock.now(), actor: 'operator', ...entry });
}

function row(account: Account): Record<string, unknown> {
  const { address, custody, state, quotaOctets, createdAt } = account;
  return { address, custody, state, quotaOctets, createdAt: createdAt.toISOString() };
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new DeliveryError('badInput', `${JSON.stringify(text)} is not a whole number of octets`);
  return Number(text);
}
