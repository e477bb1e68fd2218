import { createTransport, type SendMailOptions } from 'nodemailer';
import type { DemoMessage, Writing } from './demo-message.ts';
import { messageIdOf } from './demo-message.ts';
import { type AccountName, addressOf, demoAccounts, people } from './people.ts';
import type { SigningKey } from './zone.ts';

/** Where the SMTP door listens. */
export interface Door {
  readonly address: string;
  readonly port: number;
}

/** Hands one message to the SMTP door for one recipient. Throws when the door does not take it. */
export type Sender = (message: DemoMessage, writing: Writing) => Promise<void>;

/** A sender over one door; close it when all is sent. */
export function openSender(
  door: Door,
  signingKeys: ReadonlyMap<string, SigningKey>,
): { send: Sender; close(): void } {
  const base = {
    host: door.address,
    port: door.port,
    name: 'mail.demo.example',
    pool: true,
    maxConnections: 3,
  };
  // The door's certificate was made by itself: its name proves nothing, and there is nobody between.
  const encrypted = createTransport({
    ...base,
    secure: false,
    requireTLS: true,
    tls: { rejectUnauthorized: false },
  });
  const inClear = createTransport({ ...base, secure: false, ignoreTLS: true });
  return {
    send: async (message, writing) => {
      const transport = message.isInClear ? inClear : encrypted;
      await transport.sendMail(await optionsOf(message, writing, signingKeys));
    },
    close: () => {
      encrypted.close();
      inClear.close();
    },
  };
}

async function optionsOf(
  message: DemoMessage,
  writing: Writing,
  signingKeys: ReadonlyMap<string, SigningKey>,
): Promise<SendMailOptions> {
  const { address } = people[message.sender];
  const to = addressOf(writing.recipient);
  const dkim = message.isUnsigned ? undefined : signingKeys.get(address.split('@')[1] ?? '');
  const content = await message.write(writing);
  return {
    from: people[message.sender],
    to: { name: displayNameOf(writing.recipient), address: to },
    messageId: `<${messageIdOf(message.id, message.sender, writing.recipient)}>`,
    xMailer: false,
    ...content,
    ...(dkim ? { dkim } : {}),
    envelope: { from: message.reversePath ?? address, to: [to] },
  };
}

function displayNameOf(name: AccountName): string {
  return demoAccounts.find(account => account.name === name)?.displayName ?? '';
}
