/** Octets or text that are no DNS; the message says what is wrong. Callers answer FORMERR, or tell whoever wrote it. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}
