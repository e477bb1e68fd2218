const collectorFields =
  /^(?:received|return-path|delivered-to|date|sender|list-.*|precedence|resent-.*|errors-to|x-original.*|envelope.*|x-spam.*|x-mailscanner.*|x-mailman.*|x-beenthere|status|x-status|x-keywords|replied.*|forwarded.*)$/i;

/** The octets without the header fields that the way to a mailbox adds: they tell which mailbox a message is from. */
export function withoutCollectorFields(raw: Uint8Array): Uint8Array {
  const text = Buffer.from(raw).toString('latin1');
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const kept: string[] = [];
  let keeps = true;
  for (const line of text.slice(0, end).split(/\r?\n/)) {
    if (!/^[ \t]/.test(line)) keeps = !collectorFields.test(line.slice(0, Math.max(0, line.indexOf(':'))));
    if (keeps) kept.push(line);
  }
  return Buffer.from(kept.join('\n') + text.slice(end), 'latin1');
}
