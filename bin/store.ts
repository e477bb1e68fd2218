import type { Command } from 'commander';
import { learningParts, type Parts, pipelineParts } from '../delivery/open.ts';
import { reprocessAccount } from '../delivery/reprocess.ts';
import { allPages } from '../delivery/store/all-pages.ts';
import { forgetDamage } from '../delivery/store/sqlite/damage.ts';
import type { Account, StoreFault } from '../delivery/store/store.ts';
import type { CommandContext } from './command.ts';
import { print } from './output.ts';
import { findAccount, withParts } from './with-parts.ts';

/** `caliopen store verify|rebuild|reprocess`. */
export function register(program: Command, context: CommandContext): void {
  const store = program.command('store').description('check and mend the store');
  store
    .command('verify')
    .description('walk the whole store and print every fault; exit code 1 when there is one')
    .option('--account <address>', 'this account only')
    .action((options: { account?: string }) => verify(context, options.account));
  store
    .command('rebuild')
    .description(
      'make anew what follows from the mail: counts, lists, links, search; exit code 1 when faults stay',
    )
    .option('--account <address>', 'this account only')
    .action((options: { account?: string }) => rebuild(context, options.account));
  store
    .command('reprocess')
    .description('judge messages again whose judging failed')
    .option('--account <address>', 'this account only')
    .option('--all', 'every message, as after a new version of the classifier or the index')
    .action((options: { account?: string; all?: boolean }) => reprocess(context, options));
}

async function verify(context: CommandContext, address: string | undefined): Promise<void> {
  const faults = await withParts(context, parts => nameFaults(context, parts, address));
  if (faults > 0) context.exit(1);
  else print(context, { faults: 0 }, 'no faults');
}

/** Mends what can be mended while others write, then names what is left. */
async function rebuild(context: CommandContext, address: string | undefined): Promise<void> {
  let mended = 0;
  const left = await withParts(context, async parts => {
    for await (const fault of parts.store.rebuild(await scopeOf(parts, address))) {
      mended++;
      tell(context, { ...fault, mended: true });
    }
    return await nameFaults(context, parts, address);
  });
  print(context, { mended, left }, `${mended} mended, ${left} left`);
  if (left > 0) context.exit(1);
}

/** Prints every fault; gives how many there are. */
async function nameFaults(
  context: CommandContext,
  parts: Parts,
  address: string | undefined,
): Promise<number> {
  let count = 0;
  for await (const fault of parts.store.verify(await scopeOf(parts, address))) {
    count++;
    tell(context, fault);
  }
  const isWhole = count === 0 && address === undefined;
  if (isWhole && parts.config.store === 'sqlite') forgetDamage(parts.config.data);
  return count;
}

async function scopeOf(parts: Parts, address: string | undefined): Promise<{ accountId?: string }> {
  return address === undefined ? {} : { accountId: (await findAccount(parts, address)).id };
}

function tell(context: CommandContext, fault: StoreFault & { mended?: true }): void {
  const { accountId, kind, detail, mended } = fault;
  const text = `${mended ? 'mended ' : ''}${accountId ?? 'store'}: ${kind}: ${detail}`;
  context.stdout.write(`${context.json() ? JSON.stringify(fault) : text}\n`);
}

async function reprocess(
  context: CommandContext,
  options: { account?: string; all?: boolean },
): Promise<void> {
  const total = { seen: 0, mended: 0, failed: 0 };
  await withParts(context, async parts => {
    const judging = pipelineParts(parts.config, parts.log);
    const { knowledge } = learningParts(parts.config, { ...parts, ...judging });
    const deps = { ...parts, ...judging, knowledge };
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
