import type { HeaderField } from '../message/shape.ts';

/**
 * Fields that the way to the mailbox adds, not the sender: they tell which mailbox a message came from, so that a
 * classifier that reads them learns the collector. Ours and those of other filters are claims of strangers.
 */
const collectorFields =
  /^(?:received|return-path|delivered-to|date|sender|list-.*|precedence|resent-.*|errors-to|x-original.*|envelope.*|x-envelope.*|x-spam.*|x-mailscanner.*|x-mailman.*|x-beenthere|x-loop|status|x-status|x-keywords|x-uidl?|replied.*|forwarded.*|x-caliopen.*|authentication-results|arc-.*|received-spf|x-received|x-ms-exchange-.*|x-forefront-.*|x-microsoft-antispam.*|x-incomingheadercount|x-incomingtopheadermarker|x-sid-.*|x-eop.*|x-rspamd.*|x-virus.*|x-bogosity|x-pyzor|x-hashcash)$/;

/** True for a field that says more about the mailbox than about the message. */
export function isCollectorField(name: string): boolean {
  return collectorFields.test(name.toLowerCase().slice(0, 64));
}

/**
 * Fields of the way that are the same kind of evidence in any mailbox: who handed the message on, when, to whom it was
 * meant to spread. What names the mailbox or another filter's opinion is left out.
 */
const traceFields = /^(?:received|date|sender|list-[a-z-]{1,20}|precedence|resent-from|errors-to|x-loop)$/;

/** True for a field of the way that is read as evidence. */
export function isTraceField(name: string): boolean {
  return traceFields.test(name.toLowerCase().slice(0, 64));
}

/** Fields whose body is a signature or a key: random characters. */
const signatureFields =
  /^(?:dkim-signature|domainkey-signature|autocrypt|x-google-dkim-signature|openpgp|face|x-face)$/;

/** True for a field whose presence tells something and whose body tells nothing. */
export function isSignatureField(name: string): boolean {
  return signatureFields.test(name.toLowerCase());
}

const fieldCharacters = 200;
const headerCharacters = 1500;

/** The sender's own header fields, one a line, unfolded, each and all of them bounded. */
export function headerText(fields: readonly HeaderField[]): string {
  let text = '';
  for (const field of fields.slice(0, 200)) {
    if (isCollectorField(field.name)) continue;
    const value = isSignatureField(field.name) ? '' : unfolded(field.value.slice(0, fieldCharacters));
    text += `${field.name}:${value}\n`;
    if (text.length >= headerCharacters) break;
  }
  return text.slice(0, headerCharacters);
}

/** White space of any length, folds included, as one space. */
export function unfolded(value: string): string {
  return foldSpaces(value).trimEnd();
}

/** Each run of white space as one space. Lone spaces, nearly all there is, are left alone. */
export function foldSpaces(text: string): string {
  return text.replace(/\s{2,}|[^\S ]/g, ' ');
}
