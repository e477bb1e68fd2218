/** Shown in front, not among the fields. */
const shownApart = new Set(['level', 'time', 'event']);

/**
 * A log line of a door as a person reads it in a terminal: `12:00:00 smtp warn hookFailed plugin=score …`.
 * What is no JSON object is shown as it is, behind the door's name.
 */
export function readableLogLine(door: string, line: string): string {
  const fields = parseLine(line);
  if (!fields) return printable(`${door}: ${line}`);
  const { level, time, event } = fields;
  const clock = typeof time === 'string' ? time.slice(11, 19) : '';
  const rest = Object.entries(fields)
    .filter(([name]) => !shownApart.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return printable([clock, door, level, event, ...rest].join(' '));
}

/** What a peer said must neither end a line nor steer the terminal. */
function printable(text: string): string {
  return text.replace(
    /[\0-\x1f\x7f-\x9f\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function parseLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null; // Text that only begins like an object.
  }
}
