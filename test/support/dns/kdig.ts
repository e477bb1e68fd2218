import type { Namespace } from './namespace.ts';

/** An answer as kdig shows it. */
export interface KdigAnswer {
  /** `NOERROR`, `BADVERS` …; null when no answer came. */
  readonly status: string | null;
  /** Lower case: `qr`, `aa`, `tc` … */
  readonly flags: readonly string[];
  /** Lines of the answer section: name, TTL, class, type, data. */
  readonly answers: readonly string[];
  readonly authorities: readonly string[];
  /** Octets of the whole message. */
  readonly sizeOctets: number;
  /** `TLS`, `TCP` or `UDP`. */
  readonly transport: string | null;
  /** All that kdig printed. */
  readonly text: string;
}

/** Asks with kdig's own words: `@ADDRESS NAME TYPE +bufsize=512 …`. Throws nothing when there is no answer. */
export async function kdig(namespace: Namespace, words: readonly string[]): Promise<KdigAnswer> {
  const { stdout, stderr } = await namespace.run(['kdig', '+time=3', '+retry=1', ...words]);
  return {
    status: stdout.match(/status: (\w+)/)?.[1] ?? null,
    flags:
      stdout
        .match(/^;; Flags: ([^;]*);/m)?.[1]
        ?.trim()
        .split(/\s+/) ?? [],
    answers: section(stdout, 'ANSWER'),
    authorities: section(stdout, 'AUTHORITY'),
    sizeOctets: Number(stdout.match(/^;; Received (\d+) B/m)?.[1] ?? 0),
    transport: /^;; TLS session /m.test(stdout)
      ? 'TLS'
      : (stdout.match(/^;; From \S+\((TCP|UDP)\)/m)?.[1] ?? null),
    text: stdout + stderr,
  };
}

function section(text: string, name: string): string[] {
  const found = text.match(new RegExp(`^;; ${name} SECTION:\\n((?:[^;\\n].*\\n)*)`, 'm'));
  return found?.[1]?.split('\n').filter(Boolean) ?? [];
}
