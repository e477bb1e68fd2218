import { getServers } from 'node:dns';
import { ask, dnsError, type Server } from './ask.ts';
import type { Answer, Question } from './message.ts';

/** The resolvers of this process, and which of them are silent. */
export interface Servers {
  /** One answer, from the first resolver that gives a usable one. Rejects with `code` ETIMEOUT, ESERVFAIL, EREFUSED … */
  ask(question: Question): Promise<Answer>;
}

/** Questions in a row that a resolver left without an answer: then it is taken for dead. */
const silentQuestions = 3;
/** A dead resolver is asked last, and waited for no longer than this, until it answers again. */
const deadMilliseconds = 500;

interface Known extends Server {
  silence: number;
}

const codes: Readonly<Record<number, string>> = {
  1: 'EFORMERR',
  2: 'ESERVFAIL',
  4: 'ENOTIMP',
  5: 'EREFUSED',
};
const [noError, formatError, noSuchName, notImplemented] = [0, 1, 3, 4];
/** From here on EDNS has made the code longer, and the server has failed: BADVERS … (RFC 6891 §9). */
const firstExtended = 16;

/** How long a question may take, and how many are asked at once: others wait for them within their own time. */
export interface Bounds {
  readonly timeoutMilliseconds: number;
  readonly turns: {
    /** False where it had to wait too long. */
    begin(key: string): Promise<boolean>;
    end(key: string): void;
  };
}

/** Resolvers as `address` or `address:port` (IPv6 in brackets); none: the system's. */
export function openServers(given: readonly string[], { timeoutMilliseconds, turns }: Bounds): Servers {
  const texts = given.length > 0 ? given : getServers();
  const known: Known[] = texts.map(text => ({ ...serverOf(text), silence: 0 }));
  return {
    async ask(question) {
      const begun = performance.now();
      if (!(await turns.begin(''))) throw dnsError('ETIMEOUT');
      try {
        return await askInTurn(question, begun + timeoutMilliseconds - performance.now());
      } finally {
        turns.end('');
      }
    },
  };

  async function askInTurn(question: Question, milliseconds: number): Promise<Answer> {
    const order = [...known].sort((one, other) => Number(isDead(one)) - Number(isDead(other)));
    // A packet gets lost now and then: a single resolver is asked twice.
    const tries = order.length === 1 && order[0] && !isDead(order[0]) ? [order[0], order[0]] : order;
    const share = Math.max(1, Math.floor(milliseconds / Math.max(1, tries.length)));
    let failure: unknown = dnsError('ECONNREFUSED');
    for (const server of tries) {
      try {
        return await askOne(server, question, share);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}

function isDead({ silence }: Known): boolean {
  return silence >= silentQuestions;
}

async function askOne(server: Known, question: Question, share: number): Promise<Answer> {
  const milliseconds = isDead(server) ? Math.min(share, deadMilliseconds) : share;
  try {
    const answer = await ask({ server, question, milliseconds, edns: true });
    server.silence = 0;
    const isOld = answer.code === formatError || answer.code === notImplemented;
    return usable(isOld ? await ask({ server, question, milliseconds, edns: false }) : answer);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ETIMEOUT') server.silence++;
    throw error;
  }
}

function usable(answer: Answer): Answer {
  if (answer.code === noError || answer.code === noSuchName) return answer;
  throw dnsError(answer.code >= firstExtended ? 'ESERVFAIL' : (codes[answer.code] ?? 'EBADRESP'));
}

function serverOf(text: string): Server {
  const found = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  const address = found?.[1] ?? found?.[2] ?? text;
  return { address, port: Number(found?.[3] ?? 53) };
}
