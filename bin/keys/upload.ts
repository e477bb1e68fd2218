import type { Command } from 'commander';
import { DeliveryError } from '../../delivery/errors.ts';
import { type Upload, uploadKey } from '../../delivery/upload-key.ts';
import type { CommandContext } from '../command.ts';
import { print } from '../output.ts';
import { findAccount, withParts } from '../with-parts.ts';

interface UploadWords {
  readonly server?: string;
  readonly locale?: readonly string[];
}

const timeoutMilliseconds = 30_000;

/** `caliopen keys upload`. */
export function registerUpload(keys: Command, context: CommandContext): void {
  keys
    .command('upload <address>')
    .description(
      'send the published key to a verifying key server, which mails its owner a link: do this only when its owner asks',
    )
    .option('--server <url>', 'the server, such as https://keys.openpgp.org (default: keys.uploadServer)')
    .option('--locale <tag...>', 'languages for the mail to the owner, the best first, such as de_CH')
    .action((address: string, words: UploadWords) => upload(context, address, words));
}

async function upload(context: CommandContext, address: string, words: UploadWords): Promise<void> {
  const server = words.server ?? context.config()['keys.uploadServer'];
  if (server === '') {
    throw new DeliveryError(
      'badRequest',
      'nothing goes to others unasked: name the server by --server URL, such as https://keys.openpgp.org, or by the setting keys.uploadServer',
    );
  }
  const done = await withParts(context, async parts => {
    const act = { account: await findAccount(parts, address), actor: 'operator' };
    const options = { address, server, ...(words.locale ? { locale: words.locale } : {}) };
    return uploadKey(act, options, { ...parts, fetch, timeoutMilliseconds });
  });
  print(context, done, uploadText(done));
  if (!good.has(done.outcome)) context.exit(1);
}

const good: ReadonlySet<Upload['outcome']> = new Set(['mailed', 'shown', 'revoked']);

/** What the server does with the key now, in words. */
function uploadText(done: Upload): string {
  const { address, fingerprint, server, outcome, reason, userId } = done;
  const headline = `uploaded ${fingerprint} for ${address} to ${server}`;
  const bare = `whoever asks the server by fingerprint now sees the key, when it was made and until when it is good; not its user id`;
  const whole = `whoever asks it for ${address} finds the key with its user id "${userId}"`;
  const texts: Record<Upload['outcome'], readonly string[]> = {
    mailed: [
      headline,
      bare,
      `it says that it mails ${address} a link to confirm; once its owner has opened it, ${whole}`,
      takenBackThere(done),
    ],
    shown: [headline, `it was confirmed before: ${whole}`, takenBackThere(done)],
    revoked: [headline, 'it is revoked, and the server tells that to whoever asks by its fingerprint'],
    withoutAddress: [
      headline,
      bare,
      `it will not show it for ${address}, and has sent no mail: ${reason}`,
      'the same command tries again',
    ],
    refused: [`not uploaded for ${address}: ${server}: ${reason}`],
    unknown: [
      `${fingerprint} for ${address} may be at ${server} or not: ${reason}`,
      'the same command tries again',
    ],
  };
  return texts[outcome].join('\n');
}

function takenBackThere({ server, address }: Upload): string {
  return `caliopen keys unpublish ${address} does not take it back there; its owner does, at the server (Hagrid: ${server}/manage)`;
}
