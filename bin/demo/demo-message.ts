import type { SendMailOptions } from 'nodemailer';
import type { DemoKeys } from './keys.ts';
import { type AccountName, addressOf, demoAccounts, type PersonName, people } from './people.ts';

/** What a message may need while it is written. */
export interface Writing {
  readonly recipient: AccountName;
  readonly keys: DemoKeys;
  /** The moment so many hours ago. */
  hoursAgo(hours: number): Date;
}

/** Either what nodemailer composes from, or a message whose octets matter. */
export type Content = Omit<SendMailOptions, 'from' | 'to'> | { readonly raw: string };

/** What one recipient of a demo message gets. */
export interface Written {
  readonly recipient: AccountName;
  readonly content: Content;
}

/** One message of the demo. It is written and sent once for each recipient. */
export interface DemoMessage {
  readonly id: string;
  readonly sender: PersonName;
  readonly recipients: readonly AccountName[];
  /** Address in MAIL FROM when it isn't the sender's own. */
  readonly reversePath?: string;
  /** True: sent without STARTTLS. */
  readonly isInClear?: boolean;
  /** True: not DKIM-signed though the sender's domain publishes a key. */
  readonly isUnsigned?: boolean;
  readonly write: (writing: Writing) => Content | Promise<Content>;
}

/** Message identifier of a demo message for one recipient, without angle brackets. */
export function messageIdOf(id: string, sender: PersonName, recipient: AccountName): string {
  const domain = people[sender].address.split('@')[1];
  return `${id}.${recipient}@${domain}`;
}

/** The head of a message that is written by hand, originators to Message-ID, each line ended. */
export function handwrittenHead(
  message: { readonly id: string; readonly sender: PersonName; readonly subject?: string },
  writing: Writing,
): string {
  const { name, address } = people[message.sender];
  const account = demoAccounts.find(one => one.name === writing.recipient);
  return lines(
    `From: "${name}" <${address}>`,
    `To: "${account?.displayName}" <${addressOf(writing.recipient)}>`,
    ...(message.subject === undefined ? [] : [`Subject: ${message.subject}`]),
    `Date: ${writing.hoursAgo(1).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageIdOf(message.id, message.sender, writing.recipient)}>`,
    'MIME-Version: 1.0',
  );
}

/** Lines, each with the line ending of mail. */
export function lines(...all: readonly string[]): string {
  return all.map(line => `${line}\r\n`).join('');
}
