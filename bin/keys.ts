import { readFile, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { armor } from '../delivery/crypto/armor.ts';
import { generateKey } from '../delivery/crypto/keys.ts';
import { DeliveryError } from '../delivery/errors.ts';
import { allPages } from '../delivery/store/all-pages.ts';
import { rewrapZoneKeys } from '../dns-keys/publish/rewrap.ts';
import type { CommandContext } from './command.ts';
import { explainFileError } from './file-error.ts';
import { registerCheck } from './keys/check.ts';
import { importKey } from './keys/import.ts';
import { listKeys } from './keys/list.ts';
import { keepGenerated, recordAudit } from './keys/own-key.ts';
import { refreshedText, registerPublishing } from './keys/publish.ts';
import { registerUpload } from './keys/upload.ts';
import { print, readLine } from './output.ts';
import { findAccount, withParts } from './with-parts.ts';

interface KeyOptions {
  readonly account: string;
  readonly passphraseStdin?: boolean;
  readonly custody?: 'server' | 'client';
  readonly for?: string;
  readonly source?: 'hand' | 'attached';
  readonly output?: string;
}

const custodyOption = () =>
  new Option('--custody <where>', 'who can open mail: the server, or only the owner (client)').choices([
    'server',
    'client',
  ]);

/** `caliopen keys import|list|generate|export|rewrap`, and those of `keys/`. */
export function register(program: Command, context: CommandContext): void {
  const keys = program
    .command('keys')
    .description("import, list, make, publish and revoke accounts' OpenPGP keys");
  keys
    .command('import <file>')
    .description(
      "import an account's own key (secret or public), or a correspondent's with --for; - reads standard input",
    )
    .requiredOption('--account <address>', 'account that gets it')
    .option('--passphrase-stdin', 'read the passphrase of a secret key from standard input')
    .addOption(custodyOption())
    .option('--for <address>', "a correspondent's public key: the address it is for")
    .addOption(
      new Option('--source <how>', 'how the correspondent is known to own it').choices(['hand', 'attached']),
    )
    .action((file: string, options: KeyOptions) => runImport(context, file, options));
  keys
    .command('list [address]')
    .description('list the keys of an account, or of all, and where each is published')
    .action((address: string | undefined) => listKeys(context, address));
  keys
    .command('generate <address>')
    .description('make a key for an account; custody client needs a passphrase')
    .option('--passphrase-stdin', 'read the passphrase from standard input')
    .addOption(custodyOption())
    .option('--output <file>', 'write the secret key there as well, armored')
    .action((address: string, options: KeyOptions) => generate(context, address, options));
  keys
    .command('export <address>')
    .description("print an account's own public keys, armored")
    .action((address: string) => exportKeys(context, address));
  keys
    .command('rewrap')
    .description(
      'wrap every secret key, of accounts and of DNS zones, by the newest instance key, which all servers must have by then; afterwards older lines of its file can go',
    )
    .action(() => rewrap(context));
  registerPublishing(keys, context);
  registerUpload(keys, context);
  registerCheck(keys, context);
}

async function runImport(context: CommandContext, file: string, options: KeyOptions): Promise<void> {
  if (options.source && !options.for) {
    throw new DeliveryError(
      'badRequest',
      "--source says how a correspondent's key is known; add --for ADDRESS",
    );
  }
  if (file === '-' && options.passphraseStdin) {
    throw new DeliveryError('badRequest', 'standard input can hold the key or the passphrase, not both');
  }
  const octets = await readInput(context, file);
  const passphrase = options.passphraseStdin ? await readLine(context.stdin) : null;
  const imported = await withParts(context, async parts => {
    const account = await findAccount(parts, options.account);
    return importKey(octets, { ...options, account, passphrase }, parts);
  });
  const lines = [`imported ${imported.fingerprint} for ${imported.address} (${imported.what})`];
  print(context, imported, [...lines, ...imported.published.map(refreshedText)].join('\n'));
}

async function readInput(context: CommandContext, file: string): Promise<Uint8Array> {
  if (file === '-') {
    const chunks: Buffer[] = [];
    for await (const chunk of context.stdin) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  }
  try {
    return await readFile(file);
  } catch (cause) {
    throw new DeliveryError('badInput', explainFileError(cause, null, file) ?? `${file}: ${cause}`, {
      cause,
    });
  }
}

async function generate(context: CommandContext, address: string, options: KeyOptions): Promise<void> {
  const passphrase = options.passphraseStdin ? await readLine(context.stdin) : '';
  const made = await withParts(context, async parts => {
    const account = await findAccount(parts, address);
    const custody = options.custody ?? (account.custody === 'client' ? 'client' : 'server');
    if (custody === 'client' && passphrase.length < 8) {
      throw new DeliveryError(
        'badRequest',
        'custody client needs --passphrase-stdin with 8 characters or more: the server must not be able to open the key',
      );
    }
    const key = await generateKey(account.address, passphrase || undefined, parts.clock.now());
    if (options.output) {
      const text = armor('PRIVATE KEY BLOCK', key.privateKey);
      await writeFile(options.output, text, { mode: 0o600, flag: 'wx' });
    }
    await keepGenerated(key, { account, custody, passphrase: passphrase || null }, parts);
    return { address: account.address, fingerprint: key.fingerprint, custody };
  });
  print(context, made, `made ${made.fingerprint} for ${made.address} (custody ${made.custody})`);
}

async function exportKeys(context: CommandContext, address: string): Promise<void> {
  const own = await withParts(context, async parts => {
    const account = await findAccount(parts, address);
    const known = await parts.store.listPublicKeys(account.id);
    return known.filter(key => key.source === 'own');
  });
  const distinct = [...new Map(own.map(key => [key.fingerprint, key])).values()];
  if (distinct.length === 0) throw new DeliveryError('notFound', `${address} has no key of its own`);
  for (const { fingerprint, octets } of distinct) {
    const armored = armor('PUBLIC KEY BLOCK', octets);
    print(context, { fingerprint, armored }, armored.replaceAll('\r\n', '\n').trimEnd());
  }
}

async function rewrap(context: CommandContext): Promise<void> {
  const count = await withParts(context, async parts => {
    const { store, keyring } = parts;
    let rewrapped = 0;
    for await (const account of allPages(page => store.listAccounts(page))) {
      for (const key of await store.listPrivateKeys(account.id)) {
        if (key.custody !== 'server' || !keyring.isOutdated(key.wrapped)) continue;
        await store.putPrivateKey(account.id, { ...key, wrapped: keyring.wrap(keyring.unwrap(key.wrapped)) });
        await recordAudit(parts, account, 'keyRewrapped', { fingerprint: key.fingerprint });
        rewrapped += 1;
      }
    }
    return rewrapped + (await rewrapZoneKeys(parts));
  });
  print(context, { rewrapped: count }, `rewrapped ${count} secret keys`);
}
