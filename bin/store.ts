import type { Command } from 'commander';
import { type Parts, pipelineParts } from '../delivery/open.ts';
import { reprocessAccount } from '../delivery/reprocess.ts';
import { forgetDamage } from '../delivery/store/sqlite/damage.ts';
import type { Account } from '../delivery/store/store.ts';
import type { CommandContext } from './command.ts';
import { print } from './output.ts';
import { allPages, findAccount, withParts } from './with-parts.ts';

/** `caliopen store verify|reprocess`. */
export function register(program: Command, context: CommandContext): void {
  const store = program.command('store').description('check and mend the store');
  store
    .command('verify')
    .description('walk the whole store and print every fault; exit code 1 when there is one')
    .option('--account <address>', 'this account only')
    .action((options: { account?: string }) => verify(context, options.account));
  store
    .command('reprocess')
    .description('judge messages again whose judging failed')
    .option('--account <address>', 'this account only')
    .option('--all', 'every message, as after a new version of the classifier or the index')
    .action((options: { account?: string; all?: boolean }) => reprocess(context, options));
}

async function verify(context: CommandContext, address: string | undefined): Promise<void> {
  const faults = await withParts(context, async parts => {
    const account = address === undefined ? null : await findAccount(parts, address);
    let count = 0;
    for await (const fault of parts.store.verify(account ? { accountId: account.id } : {})) {
      count++;
      context.stdout.write(
        `${context.json() ? JSON.stringify(fault) : `${fault.accountId ?? 'store'}: ${fault.kind}: ${fault.detail}`}\n`,
      );
    }
    const isWhole = count === 0 && account === null;
    if (isWhole && parts.config.store === 'sqlite') forgetDamage(parts.config.data);
    return count;
  });
  if (faults > 0) context.exit(1);
  else print(context, { faults: 0 }, 'no faults');
}

async function reprocess(
  context: CommandContext,
  options: { account?: string; all?: boolean },
): Promise<void> {
  const total = { seen: 0, mended: 0, failed: 0 };
  await withParts(context, async parts => {
    const deps = { ...parts, ...pipelineParts(parts.config, parts.log) };
    for await (const account of accountsOf(parts, options.account)) {
      const done = await reprocessAccount(account, deps, { all: options.all ?? false });
      total.seen += done.seen;
      total.mended += done.mended;
      total.failed += done.failed;
    }
  });
  print(
    context,
    total,
    `${total.seen} messages judged again, ${total.mended} changed, ${total.failed} failed again`,
  );
  if (total.failed > 0) context.exit(1);
}

async function* accountsOf(parts: Parts, address: string | undefined): AsyncGenerator<Account> {
  if (address !== undefined) yield await findAccount(parts, address);
  else yield* allPages(page => parts.store.listAccounts(page));
}
