import { DeliveryError } from '../errors.ts';

/** What is thrown where another has put a document meanwhile, or there is none. `document` says which, for the log. */
export function versionMismatch(document: Readonly<Record<string, string>>): DeliveryError {
  return new DeliveryError('badRequest', 'what is stored has another version', {
    fields: { ...document, field: 'versionMismatch' },
  });
}

const maxTries = 8;

/**
 * Reads, changes and puts: `attempt` is made again where another has put the document between its reading and its
 * putting. Throws what it throws, the mismatch as well when others come in between each time.
 */
export async function untilUndisturbed<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries >= maxTries || !isVersionMismatch(error)) throw error;
    }
  }
}

/** Whether another has put a document meanwhile, so that it is worth reading it again. */
export function isVersionMismatch(error: unknown): boolean {
  return error instanceof DeliveryError && error.fields.field === 'versionMismatch';
}
