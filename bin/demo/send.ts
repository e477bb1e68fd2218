import { createTransport, type SendMailOptions } from 'nodemailer';
import { type DemoMessage, messageIdOf, type Written } from './demo-message.ts';
import { type AccountName, addressOf, demoAccounts, people } from './people.ts';
import type { SigningKey } from './zone.ts';

/** Where the SMTP door listens. */
export interface Door {
  readonly address: string;
  readonly port: number;
}

/** Hands one message to the SMTP door for one recipient. Throws when the door does not take it. */
export type Sender = (message: DemoMessage, written: Written) => Promise<void>;

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
    send: async (message, written) => {
      const transport = message.isInClear ? inClear : encrypted;
      await transport.sendMail(optionsOf(message, written, signingKeys));
    },
    close: () => {
      encrypted.close();
      inClear.close();
    },
  };
}

function optionsOf(
  message: DemoMessage,
  { recipient, content }: Written,
  signingKeys: ReadonlyMap<string, SigningKey>,
): SendMailOptions {
  const { address } = people[message.sender];
  const to = addressOf(recipient);
  const dkim = message.isUnsigned ? undefined : signingKeys.get(address.split('@')[1] ?? '');
  return {
    from: people[message.sender],
    to: { name: displayNameOf(recipient), address: to },
    messageId: `<${messageIdOf(message.id, message.sender, recipient)}>`,
    xMailer: false,
    ...content,
    ...(dkim ? { dkim } : {}),
    envelope: { from: message.reversePath ?? address, to: [to] },
  };
}

function displayNameOf(name: AccountName): string {
  return demoAccounts.find(account => account.name === name)?.displayName ?? '';
}
