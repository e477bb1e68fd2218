import type { Command } from 'commander';
import { DeliveryError } from '../delivery/errors.ts';
import { allPages } from '../delivery/store/all-pages.ts';
import type { Domain } from '../delivery/store/store.ts';
import type { CommandContext } from './command.ts';
import { registerDns } from './domain/dns.ts';
import { print, printRows } from './output.ts';
import { withParts } from './with-parts.ts';

/** `caliopen domain add|list|remove|catch-all|dns`. */
export function register(program: Command, context: CommandContext): void {
  const domain = program
    .command('domain')
    .description('add, list and remove the domains that are served here');
  domain
    .command('add <name>')
    .description('serve a domain')
    .action((name: string) =>
      withParts(context, ({ store }) => store.addDomain(name)).then(added => printAdded(context, added)),
    );
  domain
    .command('list')
    .description('list the domains')
    .action(() =>
      withParts(context, ({ store }) => Array.fromAsync(allPages(page => store.listDomains(page)))).then(
        all => printRows(context, all.map(row)),
      ),
    );
  domain
    .command('remove <name>')
    .description('stop serving a domain that has no addresses left')
    .action((name: string) =>
      withParts(context, ({ store }) =>
        store.removeDomain(name).catch(error => refuseRemoval(name, error)),
      ).then(() => print(context, { removed: name }, `removed ${name}`)),
    );
  domain
    .command('catch-all <name> [address]')
    .description('send mail for unknown local parts to an account; without an address: to nobody')
    .action((name: string, address: string | undefined) => setCatchAll(context, name, address));
  registerDns(domain, context);
}

function refuseRemoval(name: string, error: unknown): never {
  if (!(error instanceof DeliveryError) || error.code !== 'badRequest') throw error;
  throw new DeliveryError(
    'forbidden',
    `${name} still has addresses; caliopen account list --domain ${name} shows whose, account remove and account unalias free them`,
    { cause: error },
  );
}

async function setCatchAll(
  context: CommandContext,
  name: string,
  address: string | undefined,
): Promise<void> {
  await withParts(context, async ({ store }) => {
    const account = address === undefined ? null : await store.getAccountByAddress(address);
    if (address !== undefined && !account)
      throw new DeliveryError('notFound', `no account ${address}; see caliopen account list`);
    await store.setCatchAll(name, account?.id ?? null);
  });
  print(
    context,
    { domain: name, catchAll: address ?? null },
    `${name}: unknown local parts go to ${address ?? 'nobody'}`,
  );
}

function printAdded(context: CommandContext, added: Domain): void {
  print(context, row(added), `added ${added.name}; next: caliopen account add SOMEBODY@${added.name}`);
}

function row(domain: Domain): Record<string, unknown> {
  return { name: domain.name, catchAll: domain.catchAllAccountId, createdAt: domain.createdAt.toISOString() };
}
