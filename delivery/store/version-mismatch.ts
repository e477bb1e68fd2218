import { DeliveryError } from '../errors.ts';

/** What is thrown where another has put a document meanwhile, or there is none. `document` says which, for the log. */
export function versionMismatch(document: Readonly<Record<string, string>>): DeliveryError {
  return new DeliveryError('badRequest', 'what is stored has another version', {
    fields: { ...document, field: 'versionMismatch' },
  });
}

/** Whether another has put a document meanwhile, so that it is worth reading it again. */
export function isVersionMismatch(error: unknown): boolean {
  return error instanceof DeliveryError && error.fields.field === 'versionMismatch';
}
