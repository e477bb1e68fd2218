import { parentPort } from 'node:worker_threads';
import { decrypt } from '../../delivery/crypto/decrypt.ts';
import { limits, loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import type { OpenAnswer, OpenJob } from './opener.ts';

/** The thread that opens encrypted messages: one job in, the opened message or null out. */
parentPort?.on('message', async (job: OpenJob) => {
  parentPort?.postMessage(await open(job));
});

async function open({ id, octets, secretKeys }: OpenJob): Promise<OpenAnswer> {
  try {
    const { content } = await decrypt(parseMessage(octets), {
      privateKeys: secretKeys,
      publicKeys: [],
      keyring: {
        async unwrapKey({ wrapped }) {
          const { readPrivateKey } = await loadOpenPgp();
          return readPrivateKey({ binaryKey: Uint8Array.from(wrapped), config: limits });
        },
      },
    });
    return { id, content };
  } catch (error) {
    return { id, content: null, failure: error instanceof Error ? error.message : String(error) };
  }
}
