import { accountTable } from './account.ts';
import { contactTable } from './contact.ts';
import { deviceTable } from './device.ts';
import { messageTable } from './message.ts';
import type { SubjectTable } from './table.ts';

/** The tables of PRIVACY-INDEX.md by subject; a discussion is made of messages and has none. */
export const tables: Readonly<Record<SubjectTable['subject'], SubjectTable>> = {
  message: messageTable,
  contact: contactTable,
  device: deviceTable,
  account: accountTable,
};
