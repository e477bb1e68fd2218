import type { TestContext } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { atEnd } from './at-end.ts';

/** The server behind somebody else's Haraka or Postfix: keeps what is sent on to it. */
export async function openNextServer(
  t: Pick<TestContext, 'after'>,
): Promise<{ port: number; mails: string[] }> {
  const mails: string[] = [];
  const server = new SMTPServer({
    logger: false,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('latin1'));
        done();
      });
    },
  });
  // A client that goes away in the middle is no matter of the test's.
  server.on('error', () => undefined);
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', () => resolve()));
  atEnd(t, () => new Promise<void>(resolve => server.close(resolve)));
  const bound = server.server.address();
  return { port: typeof bound === 'object' && bound ? bound.port : 0, mails };
}
