/** Parameters of MAIL and RCPT by upper-case keyword, null where no value was given. */
export type Parameters = Readonly<Record<string, string | null>>;

/** Parameters of a command that an extension brings, and what their values must be. */
interface Extension {
  readonly mail?: Readonly<Record<string, RegExp>>;
  readonly rcpt?: Readonly<Record<string, RegExp>>;
}

const extensions: Readonly<Record<string, Extension>> = {
  PIPELINING: {},
  STARTTLS: {},
  // What is no size counts as none.
  SIZE: { mail: { SIZE: /^/ } },
  '8BITMIME': { mail: { BODY: /^(?:7BIT|8BITMIME)$/i } },
  SMTPUTF8: { mail: { SMTPUTF8: /^$/ } },
};

/**
 * Whether a command has a parameter that no extension of the EHLO reply allows (RFC 5321 §4.1.1.11), such as
 * BODY=BINARYMIME. `capabilities` are the lines of that reply. An extension that is not ours, brought by a plugin of
 * others, may have parameters of its own: then all are let through.
 */
export function hasUnknownParameter(
  command: keyof Extension,
  given: Parameters,
  capabilities: readonly string[],
): boolean {
  const parameters = Object.entries(given);
  if (parameters.length === 0) return false;
  const [, ...words] = capabilities.map(line => line.split(' ', 1)[0] ?? '');
  if (!words.every(word => Object.hasOwn(extensions, word))) return false;
  const allowed: Readonly<Record<string, RegExp>> = Object.assign(
    Object.create(null),
    ...words.map(word => extensions[word]?.[command]),
  );
  return parameters.some(([keyword, value]) => !allowed[keyword]?.test(value ?? ''));
}
